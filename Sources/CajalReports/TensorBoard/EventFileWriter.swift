import CajalSupport
internal import Foundation
internal import SwiftProtobuf

/// An event file that is being written, each event at once and whole.
struct EventFileWriter {
  private let file: AppendedFile

  /// The file.
  var path: String { file.path }

  /// Begins a file in a folder, which is created, with a name that sorts behind those that are there:
  /// TensorBoard reads the files of a folder in the order of their names.
  ///
  /// - Throws: `FileError`.
  init(in folder: String) throws {
    try Files.createDirectory(folder)
    let latest = try EventFile.files(in: folder).compactMap(Self.time).max()
    let time = max(Int(Date().timeIntervalSince1970), (latest ?? 0) + 1)
    let host = ProcessInfo.processInfo.hostName.filter { $0.isLetter || $0.isNumber || $0 == "-" }
    file = try AppendedFile(
      "\(folder)/events.out.tfevents.\(time.zeroPadded(to: 10)).\(host).\(getpid()).0", O_EXCL)
    var event = TFEvent()
    event.fileVersion = "brain.Event:2"
    try append(event)
  }

  /// The time in the name of an event file.
  private static func time(_ path: String) -> Int? {
    guard let range = path.range(of: "tfevents.", options: .backwards) else { return nil }
    // Far enough from the largest number that later files can have later times.
    return Int(path[range.upperBound...].prefix { $0.isNumber }).flatMap { $0 < 1 << 40 ? $0 : nil }
  }

  /// Appends an event with the present time.
  ///
  /// - Throws: `FileError`.
  func append(_ event: TFEvent) throws {
    var event = event
    event.wallTime = Date().timeIntervalSince1970
    let bytes: [UInt8]
    do {
      bytes = try event.serializedBytes()
    } catch {
      throw FileError(path: path, attempt: "write", reason: error.sentence)
    }
    try file.append(TFRecord.framed(bytes))
  }
}
