import CajalImages
import CajalSupport

/// A picture that a run has kept, such as a panel of predictions.
struct RecordedPicture: Sendable {
  /// The bytes of a PNG or JPEG file, or where they are.
  enum Source: Sendable {
    case bytes([UInt8])
    case file(String)
  }

  let step: Int
  let source: Source

  /// The bytes and the size of the picture, which is decoded to be sure that it is one.
  ///
  /// - Throws: `ImageError` or `FileError`.
  func load() throws -> (bytes: [UInt8], width: Int, height: Int) {
    let (bytes, name) =
      switch source {
      case .bytes(let bytes): (bytes, "the picture of step \(step)")
      case .file(let path): (try Files.read(path, limit: Self.mostBytes), path)
      }
    let image = try Image(decoding: bytes, name: name)
    return (bytes, image.width, image.height)
  }

  /// The largest file that is read.
  static let mostBytes = 1 << 24
}

/// A sequence of pictures of any length, of which a few are kept: the first, the last, and others
/// evenly spaced between them.
struct PictureSequence: Sendable {
  /// From so many on, every other one is dropped.
  private static let capacity = 32

  private var kept: [RecordedPicture] = []
  private var last: RecordedPicture?
  private var interval = 1
  /// The pictures that were added.
  private(set) var count = 0

  mutating func append(_ picture: RecordedPicture) {
    if count.isMultiple(of: interval) {
      kept.append(picture)
      last = nil
    } else {
      last = picture
    }
    count += 1
    guard kept.count >= Self.capacity else { return }
    if last == nil { last = kept.last }
    kept = kept.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
    if last?.step == kept.last?.step { last = nil }
    interval *= 2
  }

  /// Removes the pictures from a step on.
  mutating func remove(from step: Int) {
    let before = kept.count
    kept.removeAll { $0.step >= step }
    count -= (before - kept.count) * interval
    if let picture = last, picture.step >= step { last = nil }
  }

  /// At most `limit` of the pictures, evenly spaced.
  func pictures(_ limit: Int) -> [RecordedPicture] {
    let all = kept + (last.map { [$0] } ?? [])
    return Thinning.evenly(limit, of: all.count).map { all[$0] }
  }
}
