import CajalSupport
import Foundation
import Synchronization

/// A partial download: a file created when the first bytes arrive, next to a note of the picture's
/// version.
///
/// Used by one transfer at a time; the lock is for the threads of that transfer.
final class PartFile: Sendable {
  /// The note next to the bytes.
  private struct Note: Codable {
    /// The server's validator of this version (entity tag or date).
    var validator: String
    /// The total bytes of the picture, if known.
    var total: Int?
  }

  private struct State: ~Copyable {
    var file: OpenFile?
    var count = 0
    var note: Note?
    var total: Int?

    /// The open file; an invalid descriptor before the first bytes.
    var descriptor: Int32 {
      switch file {
      case .some(let file): file.descriptor
      case .none: -1
      }
    }
  }

  let path: String
  private let state: Mutex<State>
  private var notePath: String { path + ".json" }

  /// Opens the remains of an earlier transfer, if it can be resumed.
  init(path: String) throws(FileError) {
    self.path = path
    guard Files.exists(path), let note = try Self.note(at: path + ".json") else {
      state = Mutex(State())
      return
    }
    let file = try OpenFile(path, O_RDWR, attempt: "write")
    let end = try SystemCall { lseek(file.descriptor, 0, SEEK_END) }
      .value(path: path, attempt: "write")
    state = Mutex(State(file: file, count: Int(end), note: note, total: note.total))
  }

  private static func note(at path: String) throws(FileError) -> Note? {
    guard Files.exists(path) else { return nil }
    let text = try Files.read(path, limit: 1 << 16)
    return try? JSONDecoder().decode(Note.self, from: Data(text))
  }

  /// The number of bytes received.
  var count: Int { state.withLock { $0.count } }
  /// The total number of bytes, if known.
  var total: Int? { state.withLock { $0.total } }
  /// The validator for requesting the rest.
  var validator: String? { state.withLock { $0.note?.validator } }
  /// Whether all bytes have been received, as far as known.
  var isComplete: Bool { state.withLock { $0.total == $0.count && $0.count > 0 } }
  /// Whether the rest can be requested.
  var isResumable: Bool { state.withLock { $0.note != nil && $0.count > 0 } }

  /// Discards the bytes and starts a new version of the picture.
  func restart(validator: String?, total: Int?) throws {
    try state.withLock { state in
      // The old note must not outlive its bytes.
      try Self.remove(notePath)
      state.note = nil
      if state.file == nil {
        state.file = try OpenFile(path, O_RDWR | O_CREAT, mode: 0o666, attempt: "write")
      }
      let descriptor = state.descriptor
      // Devices have no length to truncate.
      if lseek(descriptor, 0, SEEK_END) > 0 {
        try SystemCall { ftruncate(descriptor, 0) }.value(path: path, attempt: "write")
      }
      try SystemCall { lseek(descriptor, 0, SEEK_SET) }.value(path: path, attempt: "write")
      state.count = 0
      state.total = total
      if let validator {
        let note = Note(validator: validator, total: total)
        try Files.writeAtomically(to: notePath, [UInt8](JSONEncoder().encode(note)))
        state.note = note
      }
    }
  }

  /// Appends received bytes.
  func append(_ data: Data) throws(FileError) {
    try state.withLock { (state) throws(FileError) in
      var rest = data
      while !rest.isEmpty {
        let descriptor = state.descriptor
        let written = try rest.withUnsafeBytes { bytes in
          transferred { write(descriptor, bytes.baseAddress, bytes.count) }
        }.bytesTaken(path: path)
        rest = rest.dropFirst(written)
        state.count += written
      }
    }
  }

  /// Removes the bytes and the note.
  func discard() {
    state.withLock { state in
      state = State()
      try? Self.remove(path)
      try? Self.remove(notePath)
    }
  }

  /// Synchronizes the file, renames it to its final name and removes the note.
  func finish(as final: String) throws(FileError) {
    try state.withLock { (state) throws(FileError) in
      let descriptor = state.descriptor
      try SystemCall { fsync(descriptor) }.value(path: final, attempt: "write")
      try Files.rename(path, to: final)
      state = State()
      try Self.remove(notePath)
    }
  }

  /// Removes a file; a missing one is fine.
  static func remove(_ path: String) throws(FileError) {
    let removed = SystemCall(path) { unlink($0) }
    if removed.code != ENOENT { try removed.value(path: path, attempt: "remove") }
  }
}
