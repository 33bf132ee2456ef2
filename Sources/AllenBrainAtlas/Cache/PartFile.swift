import CajalFiles
import Foundation
import Synchronization

/// The bytes of an unfinished transfer, in a file that is made when the first of them come, and beside
/// it a note of which version of the picture they belong to.
///
/// One transfer at a time uses it; the lock is for the threads that the transfer passes through.
final class PartFile: Sendable {
  /// What is written beside the bytes.
  private struct Note: Codable {
    /// What the server calls this version of the picture (entity tag or date).
    var validator: String
    /// The bytes of the whole picture, where the server tells.
    var total: Int?
  }

  private struct State {
    var descriptor: Int32 = -1
    var count = 0
    var note: Note?
    var total: Int?
  }

  let path: String
  private let state = Mutex(State())
  private var notePath: String { path + ".json" }

  /// Takes up what an earlier transfer left, if it can be gone on with.
  init(path: String) throws(FileError) {
    self.path = path
    guard Files.exists(path), Files.exists(notePath) else { return }
    let text = try Files.read(notePath, limit: 1 << 16)
    guard let note = try? JSONDecoder().decode(Note.self, from: Data(text)) else { return }
    let descriptor = open(path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(path: path, attempt: "write") }
    let end = lseek(descriptor, 0, SEEK_END)
    guard end >= 0 else {
      close(descriptor)
      throw FileError(path: path, attempt: "write")
    }
    state.withLock {
      $0 = State(descriptor: descriptor, count: Int(end), note: note, total: note.total)
    }
  }

  deinit {
    state.withLock { if $0.descriptor >= 0 { _ = close($0.descriptor) } }
  }

  /// The bytes that are there.
  var count: Int { state.withLock { $0.count } }
  /// The bytes of the whole, where known.
  var total: Int? { state.withLock { $0.total } }
  /// What to tell the server when asking for the rest.
  var validator: String? { state.withLock { $0.note?.validator } }
  /// Whether all of the bytes are there, as far as that is known.
  var isComplete: Bool { state.withLock { $0.total == $0.count && $0.count > 0 } }
  /// Whether the rest can be asked for.
  var isResumable: Bool { state.withLock { $0.note != nil && $0.count > 0 } }

  /// Drops what is there and begins with a new version of the picture.
  func restart(validator: String?, total: Int?) throws {
    try state.withLock { state in
      // The old note must not outlive the bytes that it is about.
      try Self.unlink(notePath)
      state.note = nil
      if state.descriptor < 0 {
        state.descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard state.descriptor >= 0 else { throw FileError(path: path, attempt: "write") }
      }
      // Devices, which have no length, need no cutting.
      guard lseek(state.descriptor, 0, SEEK_END) <= 0 || ftruncate(state.descriptor, 0) == 0,
        lseek(state.descriptor, 0, SEEK_SET) >= 0
      else { throw FileError(path: path, attempt: "write") }
      state.count = 0
      state.total = total
      if let validator {
        let note = Note(validator: validator, total: total)
        try Files.writeAtomically(to: notePath, [UInt8](JSONEncoder().encode(note)))
        state.note = note
      }
    }
  }

  /// Appends what has come.
  func append(_ data: Data) throws(FileError) {
    try state.withLock { (state) throws(FileError) in
      var rest = data
      while !rest.isEmpty {
        let written = rest.withUnsafeBytes { write(state.descriptor, $0.baseAddress, $0.count) }
        if written > 0 {
          rest = rest.dropFirst(written)
          state.count += written
        } else if written == 0 || errno != EINTR {
          throw FileError(path: path, attempt: "write")
        }
      }
    }
  }

  /// Removes the bytes and the note.
  func discard() {
    state.withLock { state in
      if state.descriptor >= 0 { _ = close(state.descriptor) }
      state = State()
      _ = removeEntry(path)
      _ = removeEntry(notePath)
    }
  }

  /// Waits until the device has all the bytes, gives the file its final name and removes the note.
  func finish(as final: String) throws(FileError) {
    try state.withLock { (state) throws(FileError) in
      guard fsync(state.descriptor) == 0, rename(path, final) == 0 else {
        throw FileError(path: final, attempt: "write")
      }
      _ = close(state.descriptor)
      state = State()
      try Self.unlink(notePath)
    }
  }

  /// Removes a file; that it is not there is fine.
  static func unlink(_ path: String) throws(FileError) {
    guard removeEntry(path) == 0 || errno == ENOENT else {
      throw FileError(path: path, attempt: "remove")
    }
  }
}

/// `unlink(2)`, which the function of the same name hides inside `PartFile`.
private func removeEntry(_ path: String) -> Int32 { unlink(path) }
