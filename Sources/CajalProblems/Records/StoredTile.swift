public import CajalImages
import Foundation
import SwiftProtobuf

/// A tile as the shards hold it: an encoded picture and where it was cut.
///
/// The picture stays encoded in memory, a tenth to a half of its size, and is decoded whenever it is used.
public struct StoredTile: Sendable {
  /// The section that the tile was cut from.
  public let section: String
  /// The picture of the section that the tile was cut from.
  public let picture: String
  /// Where in the picture its top left corner was.
  public let position: PixelPosition
  /// The name in errors: the shard and the byte where the record starts.
  let name: String
  /// The bytes of a PNG or JPEG file.
  let encoded: [UInt8]

  /// The pixels.
  ///
  /// - Throws: an error that names shard and record when the bytes are not a picture.
  public func image() throws -> Image { try Image(decoding: encoded, name: name) }
}

extension StoredTile {
  /// The names of the fields: those of tensor2tensor, and three of our own.
  private enum Field {
    static let encoded = "image/encoded"
    static let format = "image/format"
    static let height = "image/height"
    static let width = "image/width"
    static let section = "image/section"
    static let picture = "image/picture"
    static let position = "image/position"
  }

  /// The bytes of a `tf.train.Example` for a square PNG tile of `size` pixels.
  func record(size: Int) throws -> [UInt8] {
    var example = TFExample()
    example.features.feature = [
      Field.encoded: .bytes(Data(encoded)),
      Field.format: .bytes(Data("png".utf8)),
      Field.height: .integers([size]),
      Field.width: .integers([size]),
      Field.section: .bytes(Data(section.utf8)),
      Field.picture: .bytes(Data(picture.utf8)),
      Field.position: .integers([position.x, position.y]),
    ]
    // Without this option the order of the fields would differ from run to run.
    var options = BinaryEncodingOptions()
    options.useDeterministicOrdering = true
    return try example.serializedBytes(options: options)
  }

  /// The tile in the record that starts at byte `offset` of a shard.
  ///
  /// - Throws: ``ProblemError/brokenData(file:offset:reason:)`` when the record is not a picture's.
  init(record: ArraySlice<UInt8>, file: String, offset: Int) throws {
    let example: TFExample
    do {
      example = try TFExample(serializedBytes: [UInt8](record))
    } catch {
      throw ProblemError.brokenData(
        file: file, offset: offset, reason: "the record is not a tf.train.Example")
    }
    let fields = example.features.feature
    guard let encoded = fields[Field.encoded]?.bytesList.value.first else {
      throw ProblemError.brokenData(
        file: file, offset: offset, reason: "the record has no field \(Field.encoded)")
    }
    func text(_ field: String) -> String {
      fields[field]?.bytesList.value.first.map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
    let position = fields[Field.position]?.int64List.value ?? []
    self.init(
      section: text(Field.section), picture: text(Field.picture),
      position: position.count == 2
        ? PixelPosition(x: Int(position[0]), y: Int(position[1])) : PixelPosition(x: 0, y: 0),
      name: "the picture at byte \(offset) of \(file)", encoded: [UInt8](encoded))
  }
}

extension TFFeature {
  fileprivate static func bytes(_ value: Data) -> TFFeature {
    var feature = TFFeature()
    feature.bytesList.value = [value]
    return feature
  }

  fileprivate static func integers(_ values: [Int]) -> TFFeature {
    var feature = TFFeature()
    feature.int64List.value = values.map(Int64.init)
    return feature
  }
}
