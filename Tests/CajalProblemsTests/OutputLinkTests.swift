import CajalSupport
import Foundation
import Testing

@testable import CajalProblems

/// Data sets whose directory is named through links, or cannot be replaced.
@Suite struct OutputLinkTests {
  /// What the directory's name is a link to.
  enum Target: String, CaseIterable, CustomTestStringConvertible {
    case emptyDirectory, missing, missingWithParent, chain, dataset, absolute

    var testDescription: String { rawValue }
  }

  private func link(_ path: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
  }

  @Test(arguments: Target.allCases) func dataIsStoredWhereALinkLeads(_ target: Target) throws {
    try withTemporaryDirectory { folder in
      let (name, other) = (folder + "/data", folder + "/elsewhere")
      try Files.createDirectory(other)
      var destination = "elsewhere/set"
      switch target {
      case .emptyDirectory: try Files.createDirectory(other + "/set")
      case .missing: break
      case .missingWithParent: destination = "elsewhere/further/set"
      case .chain:
        try link(other + "/set", to: "last")
        try Files.createDirectory(other + "/last")
      case .dataset: try tinyProblem.generateData(from: noiseSections(2), to: other + "/set")
      case .absolute: destination = other + "/set"
      }
      try link(name, to: destination)
      var options = DataOptions()
      options.existing = .replace
      let data = try tinyProblem.generateData(
        from: noiseSections(3), to: name, options: options)
      #expect(data.summary.sections.count == 3)
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: name) == destination)
      #expect(try Dataset(at: name, for: tinyProblem).summary.sections.count == 3)
      // Nothing is left beside the link, nor beside what it leads to.
      #expect(try Files.list(folder) == ["data", "elsewhere"])
      #expect(
        try Files.list(other)
          == [
            target == .chain
              ? ["last", "set"]
              : [target == .missingWithParent ? "further" : "set"]
          ][0])
    }
  }

  @Test func aParentBehindALink() throws {
    try withTemporaryDirectory { folder in
      try link(folder + "/link", to: "away")
      try tinyProblem.generateData(from: noiseSections(3), to: folder + "/link/data")
      #expect(try Files.list(folder) == ["away", "link"])
      #expect(try Files.list(folder + "/away") == ["data"])
    }
  }

  /// Refused before anything is cut.
  @Test func aLinkToAFileOrInCircles() throws {
    try withTemporaryDirectory { folder in
      try Files.writeAtomically(to: folder + "/file", [1])
      try link(folder + "/link", to: "file")
      try link(folder + "/circle", to: "circle")
      for name in ["link", "circle"] {
        let text = errorText {
          try tinyProblem.generateData(from: noiseSections(3), to: folder + "/" + name) { _ in
            Issue.record("\(name): pictures are cut")
          }
        }
        #expect(text != nil)
      }
      #expect(try Files.list(folder) == ["circle", "file", "link"])
    }
  }

  @Test func anEmptyDirectoryStaysAsItIs() throws {
    try withTemporaryDirectory { folder in
      try Files.createDirectory(folder + "/data")
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o710], ofItemAtPath: folder + "/data")
      try OutputDirectory(folder + "/data").check()
      let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/data")
      #expect(attributes[.posixPermissions] as? Int == 0o710)
      #expect(try Files.list(folder) == ["data"])
      #expect(try Files.list(folder + "/data").isEmpty)
    }
  }

  @Test func nothingIsMadeByLooking() throws {
    try withTemporaryDirectory { folder in
      try OutputDirectory(folder + "/data").check()
      #expect(try Files.list(folder).isEmpty)
    }
  }

  #if os(Linux)
    /// A mounted file system cannot be renamed to: found before the work.
    @Test(.enabled(if: getuid() == 0, "only the administrator mounts"))
    func aMountedFileSystemIsRefused() async throws {
      let folder = NSTemporaryDirectory() + "cajal-mount-" + UUID().uuidString
      defer { try? FileManager.default.removeItem(atPath: folder) }
      try Files.createDirectory(folder + "/data")
      await #expect(processExitsWith: .success) { [folder = folder as String] in
        // In a name space of its own, which ends with the process. Where that is not allowed either
        // there is nothing to test.
        typealias Mount =
          @convention(c) (
            UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafePointer<CChar>?, UInt,
            UnsafeRawPointer?
          ) -> Int32
        let newMounts: Int32 = 0x20000
        let privately: UInt = 1 << 14 | 1 << 18
        guard let unshareSymbol = dlsym(nil, "unshare"), let mountSymbol = dlsym(nil, "mount")
        else { exit(2) }
        let unshare = unsafeBitCast(unshareSymbol, to: (@convention(c) (Int32) -> Int32).self)
        let mount = unsafeBitCast(mountSymbol, to: Mount.self)
        guard unshare(newMounts) == 0, mount("none", "/", nil, privately, nil) == 0,
          mount("none", folder + "/data", "tmpfs", 0, nil) == 0
        else { exit(EXIT_SUCCESS) }
        let text = errorText { try OutputDirectory(folder + "/data").check() }
        exit(text?.contains("it is a mounted file system") == true ? EXIT_SUCCESS : EXIT_FAILURE)
      }
    }
  #endif
}
