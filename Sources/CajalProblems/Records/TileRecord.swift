import CajalImages
import Foundation
import SwiftProtobuf

/// The content of a record.
struct TileRecord: Sendable {
  /// The section that the tile was cut from; empty in foreign shards.
  var section = ""
  /// The picture of the section that the tile was cut from; empty in foreign shards.
  var picture = ""
  /// The place of its top left corner in the picture.
  var position = PixelPosition(x: 0, y: 0)
  /// The bytes of a PNG or JPEG file.
  var encoded: [UInt8]
}

extension TileRecord {
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

  /// The bytes of a `tf.train.Example` for a square tile of `size` pixels.
  func serialized(size: Int, format: TileFormat) throws -> [UInt8] {
    var example = TFExample()
    example.features.feature = [
      Field.encoded: .bytes(Data(encoded)),
      Field.format: .bytes(Data(format.name.utf8)),
      Field.height: .integers([size]),
      Field.width: .integers([size]),
      Field.section: .bytes(Data(section.utf8)),
      Field.picture: .bytes(Data(picture.utf8)),
      Field.position: .integers([position.x, position.y]),
    ]
    // Without this option the order of the fields is not deterministic.
    var options = BinaryEncodingOptions()
    options.useDeterministicOrdering = true
    return try example.serializedBytes(options: options)
  }

  /// The tile of a record that starts at byte `offset` of a shard.
  ///
  /// - Throws: ``ProblemError/brokenData(file:offset:reason:)`` when the record is not a picture's.
  init(serialized data: [UInt8], file: String, offset: Int) throws {
    let example: TFExample
    do {
      example = try TFExample(serializedBytes: data)
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
    self.init(section: text(Field.section), picture: text(Field.picture), encoded: [UInt8](encoded))
    // Arbitrary in a damaged file; sums with places in a tile must not overflow.
    if let position = fields[Field.position]?.int64List.value, position.count == 2,
      position.allSatisfy({ (0..<1 << 32).contains($0) })
    {
      self.position = PixelPosition(x: Int(position[0]), y: Int(position[1]))
    }
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
