import Foundation
import Testing

@testable import CajalSupport

/// Descriptors are closed exactly once. Each test has a process of its own, in which a number that
/// is free is the next one to be given.
@Suite struct OpenFileTests {
  @Test func aLockThatIsHeldClosesItsFileOnce() async throws {
    _ = try await withTemporaryDirectory { directory in
      await #expect(processExitsWith: .success) { [directory = directory as String] in
        let path = directory + "/lock"
        let lock = try FileLock(path) { _ in FileError(path: path, attempt: "lock", code: 0) }
        // Opened as soon as the refused lock may have closed its file, as a thread of a host might.
        var opened: [Int32] = []
        #expect(throws: FileError.self) {
          _ = try FileLock(path) { _ in
            opened = (0..<4).map { _ in open("/dev/null", O_RDONLY) }
            return FileError(path: path, attempt: "lock", code: EAGAIN)
          }
        }
        lock.release()
        exit(opened.allSatisfy { fcntl($0, F_GETFD) >= 0 } ? EXIT_SUCCESS : EXIT_FAILURE)
      }
    }
  }

  @Test func whatFailsToOpenLeavesNothingOpen() async throws {
    _ = try await withTemporaryDirectory { directory in
      await #expect(processExitsWith: .success) { [directory = directory as String] in
        func nextDescriptor() -> Int32 {
          let descriptor = open("/dev/null", O_RDONLY)
          close(descriptor)
          return descriptor
        }
        let before = nextDescriptor()
        let failures: [() throws -> Void] = [
          { _ = try RandomAccessFile(directory) },
          { _ = try RandomAccessFile(directory, staysOpen: false) },
          { _ = try RandomAccessFile(directory + "/none") },
          { _ = try SpoolFile(in: directory + "/none") },
          { _ = try Files.read(directory) },
          { _ = try Files.list(directory + "/none") },
          { try Files.writeAtomically(to: directory + "/file") { _ in throw CancellationError() } },
          {
            _ = try FileLock(directory + "/none/lock") { _ in
              FileError(path: directory, attempt: "lock", code: 0)
            }
          },
        ]
        for failure in failures {
          // More often than the process may open something of its own in the meantime.
          for _ in 0..<20 { #expect(throws: (any Error).self) { try failure() } }
          if nextDescriptor() >= before + 20 { exit(EXIT_FAILURE) }
        }
        exit(EXIT_SUCCESS)
      }
    }
  }

  @Test func closingIsChecked() throws {
    let file = try OpenFile("/dev/null", O_RDONLY, attempt: "read")
    #expect(file.close().succeeded)
    let wrong = OpenFile(descriptor: -1)
    #expect(wrong.close().code == EBADF)
  }
}

@Suite struct SystemCallTests {
  @Test func theErrorNumberIsThatOfTheCall() {
    let call = SystemCall<Int32> {
      errno = EACCES
      return -1
    }
    errno = ENOENT
    #expect(!call.succeeded)
    let error = #expect(throws: FileError.self) { try call.value(path: "p", attempt: "read") }
    #expect(error?.description == "cannot read p: Permission denied")
    errno = EACCES
    #expect(SystemCall<Int32> { 3 }.code == 0)
  }

  @Test func interruptedTransfersAreMadeAgain() {
    var calls = 0
    let call = transferred {
      calls += 1
      errno = EINTR
      return calls < 3 ? -1 : 5
    }
    #expect(calls == 3 && call.value == 5 && call.code == 0)
  }

  /// Without permissions: a file that must not be created is not reported as missing.
  @Test func whatIsForbiddenIsNotMissing() async throws {
    try await withTemporaryDirectory { directory in
      await #expect(processExitsWith: .success) { [directory = directory as String] in
        guard chmod(directory, 0o500) == 0 else { exit(2) }
        // Root ignores permissions.
        if getuid() == 0, setuid(65_534) != 0 { exit(3) }
        let attempts: [() throws -> Void] = [
          { try Files.createDirectory(directory + "/a/b") },
          { try Files.checkWritable(directory: directory) },
          { try Files.writeAtomically(to: directory + "/file", [1]) },
          { _ = try SpoolFile(in: directory) },
          {
            _ = try FileLock(directory + "/lock") { _ in
              FileError(path: directory, attempt: "lock", code: 0)
            }
          },
        ]
        for attempt in attempts {
          do {
            try attempt()
            exit(4)
          } catch let error as FileError where error.reason == "Permission denied" {
          } catch {
            exit(5)
          }
        }
        exit(EXIT_SUCCESS)
      }
      chmod(directory, 0o700)
    }
  }
}

@Suite struct LinkTests {
  private func link(_ path: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
  }

  @Test func linksAreFollowedAlsoToWhatIsMissing() throws {
    try withTemporaryDirectory { given in
      // The temporary folder may itself be behind a link.
      let directory = try Files.resolvingLinks(in: given, attempt: "find")
      try Files.createDirectory(directory + "/real/deep")
      try link(directory + "/link", to: "real")
      try link(directory + "/chain", to: directory + "/link/deep")
      try link(directory + "/dangling", to: "missing/more")
      for (path, expected) in [
        ("/real", "/real"), ("/link", "/real"), ("/link/", "/real"), ("/chain", "/real/deep"),
        ("/chain/..", "/real"), ("/chain/../../x", "/x"), ("/dangling", "/missing/more"),
        ("/dangling/below", "/missing/more/below"), ("/none/../real", "/real"),
        ("/./real/.", "/real"),
      ] {
        #expect(
          try Files.resolvingLinks(in: directory + path, attempt: "find") == directory + expected)
      }
      #expect(try Files.resolvingLinks(in: "/", attempt: "find") == "/")
      #expect(try Files.resolvingLinks(in: "/../..", attempt: "find") == "/")
      #expect(try Files.resolvingLinks(in: "../a/./../b", attempt: "find") == "../b")
      #expect(try Files.resolvingLinks(in: ".", attempt: "find") == ".")
    }
  }

  @Test func circlesAreRefused() throws {
    try withTemporaryDirectory { directory in
      try link(directory + "/a", to: "b")
      try link(directory + "/b", to: "a")
      let error = #expect(throws: FileError.self) { try Files.createDirectory(directory + "/a/c") }
      #expect(error?.path == directory + "/a/c")
      #expect(throws: FileError.self) { try Files.writeAtomically(to: directory + "/a", [1]) }
    }
  }

  @Test func directoriesAreCreatedWhereLinksLead() throws {
    try withTemporaryDirectory { directory in
      try link(directory + "/link", to: "away/there")
      try Files.createDirectory(directory + "/link/below")
      #expect(Files.isDirectory(directory + "/away/there/below"))
      #expect(
        try FileManager.default.destinationOfSymbolicLink(atPath: directory + "/link")
          == "away/there")
    }
  }

  @Test func filesAreWrittenWhereLinksLead() throws {
    try withTemporaryDirectory { directory in
      try link(directory + "/link", to: "new")
      try Files.writeAtomically(to: directory + "/link", [1, 2])
      #expect(try Files.read(directory + "/new") == [1, 2])
      #expect(
        try FileManager.default.destinationOfSymbolicLink(atPath: directory + "/link") == "new")
    }
  }
}
