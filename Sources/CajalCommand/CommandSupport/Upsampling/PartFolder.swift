import Cajal
import CajalSupport
import Foundation

/// The finished rows of a picture whose enlargement takes long, kept beside the output until all are
/// there: a folder with a file for each band, and a file that says how to continue.
///
/// A band counts once that file names it, which is replaced atomically after the band is synchronized.
struct PartFolder {
  /// What has to be the same for an enlargement to continue.
  struct Origin: Codable, Equatable {
    var version = 1
    /// The kind of model, the step of its checkpoint, and the checksum of its weights.
    var model: String, step: Int, weights: UInt32
    var decoding: String
    /// The checksum and the length of the input's file.
    var input: UInt32, inputBytes: Int
    var whiteLevel: Int?
    /// The enlarged picture.
    var width: Int, height: Int, channels: Int
    var withUncertainty: Bool
  }

  /// The file that says how to continue.
  private struct Content: Codable {
    var origin: Origin
    /// The rows of each finished band.
    var bands: [Int]
    var state: UpsamplingState
  }

  let path: String
  private var content: Content

  /// The folder for an output.
  static func path(for output: String) -> String { output + ".part" }

  /// A new folder; what an earlier one left there is removed.
  init(for output: String, _ origin: Origin) throws {
    path = Self.path(for: output)
    content = Content(origin: origin, bands: [], state: UpsamplingState(finishedRows: 0))
    if Files.exists(path) { try FileManager.default.removeItem(atPath: path) }
    try Files.createDirectory(path)
    try save()
  }

  /// The folder that an interrupted enlargement left; `nil` if there is none, or nothing is in it yet.
  ///
  /// - Throws: An error that says what differs where another enlargement left it.
  init?(existingFor output: String, _ origin: Origin) throws {
    path = Self.path(for: output)
    guard Files.exists(Self.contentPath(path)) else { return nil }
    let bytes = try Files.read(Self.contentPath(path), limit: 1 << 28)
    do {
      content = try JSONDecoder().decode(Content.self, from: Data(bytes))
    } catch {
      throw Self.unusable(path, "it is damaged")
    }
    if let difference = Self.difference(content.origin, origin) {
      throw Self.unusable(path, difference)
    }
  }

  private static func unusable(_ path: String, _ reason: String) -> FileError {
    FileError(
      path: path, attempt: "use checkpoint",
      reason: "\(reason); remove the folder to start over, or use the options and files of then")
  }

  private static func difference(_ was: Origin, _ now: Origin) -> String? {
    let parts: [(String, Bool)] = [
      ("of another version", was.version == now.version),
      (
        "of another model or checkpoint",
        (was.model, was.step, was.weights) == (now.model, now.step, now.weights)
      ),
      ("of the decoding \(was.decoding), now it is \(now.decoding)", was.decoding == now.decoding),
      ("of another input", (was.input, was.inputBytes) == (now.input, now.inputBytes)),
      ("of another white level", was.whiteLevel == now.whiteLevel),
      (
        "of a picture of another size or format",
        (was.width, was.height, was.channels) == (now.width, now.height, now.channels)
      ),
      ("of a call with other use of --uncertainty", was.withUncertainty == now.withUncertainty),
    ]
    return parts.first { !$0.1 }.map { "its rows are \($0.0)" }
  }

  /// How to continue.
  var state: UpsamplingState { content.state }
  /// The number of bands.
  var bandCount: Int { content.bands.count }

  /// Keeps a band.
  ///
  /// - Parameters:
  ///   - band: Its rows.
  ///   - state: How to continue after it.
  mutating func append(_ band: FinishedRows, _ state: UpsamplingState) throws {
    try Files.writeAtomically(to: bandPath(bandCount), band.bytes)
    content.bands.append(state.finishedRows - content.state.finishedRows)
    content.state = state
    try save()
  }

  /// A band that was kept.
  func band(_ index: Int) throws -> FinishedRows {
    let origin = content.origin
    let pixels = content.bands[index] * origin.width * origin.channels
    let entropies = origin.withUncertainty ? content.bands[index] * origin.width * 4 : 0
    let bytes = try Files.read(bandPath(index), limit: pixels + entropies)
    guard bytes.count == pixels + entropies else { throw Self.unusable(path, "it is damaged") }
    return FinishedRows(bytes: bytes, pixelBytes: pixels)
  }

  /// Removes the folder.
  func remove() throws { try FileManager.default.removeItem(atPath: path) }

  private static func contentPath(_ path: String) -> String { path + "/state.json" }

  private func bandPath(_ index: Int) -> String {
    path + "/band-" + String(format: "%06d", index)
  }

  private func save() throws {
    try Files.writeAtomically(
      to: Self.contentPath(path), Array(try JSONEncoder().encode(content)))
  }
}
