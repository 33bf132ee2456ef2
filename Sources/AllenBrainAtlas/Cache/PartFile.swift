import CajalFiles
import Foundation
import Synchronization

/// The bytes of an unfinished transfer, in a file that is made when the first of them come, and
/// beside it a note of which version of the picture they belong to.
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

  private struct State: ~Copyable {
    var file: OpenFile?
    var count = 0
    var note: Note?
    var total: Int?

    /// The open file; a number of none before the first bytes, which the system refuses.
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

  /// Takes up what an earlier transfer left, if it can be gone on with.
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
      try Self.remove(notePath)
      state.note = nil
      if state.file == nil {
        state.file = try OpenFile(path, O_RDWR | O_CREAT, mode: 0o666, attempt: "write")
      }
      let descriptor = state.descriptor
      // Devices, which have no length, need no cutting.
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

  /// Appends what has come.
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

  /// Waits until the device has all the bytes, gives the file its final name and removes the note.
  func finish(as final: String) throws(FileError) {
    try state.withLock { (state) throws(FileError) in
      let descriptor = state.descriptor
      try SystemCall { fsync(descriptor) }.value(path: final, attempt: "write")
      try Files.rename(path, to: final)
      state = State()
      try Self.remove(notePath)
    }
  }

  /// Removes a file; that it is not there is fine.
  static func remove(_ path: String) throws(FileError) {
    let removed = SystemCall(path) { unlink($0) }
    if removed.code != ENOENT { try removed.value(path: path, attempt: "remove") }
  }
}
