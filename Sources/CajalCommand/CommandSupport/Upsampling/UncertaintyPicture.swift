import Cajal
import Foundation

/// Draws entropies in bits per sub-pixel.
struct UncertaintyPicture {
  /// Comparable from picture to picture: hardly any pixel of a trained model has more, and 8 bits
  /// would be no knowledge at all.
  private static let map = HeatMap(maximum: 5, label: "bits per sub-pixel")

  private let columns: Int, channels: Int
  private var sum = 0.0, count = 0.0

  /// - Parameters:
  ///   - columns: The columns of the enlarged picture.
  ///   - channels: Sub-pixels of a pixel.
  init(columns: Int, channels: Int) {
    (self.columns, self.channels) = (columns, channels)
  }

  /// Columns with the scale.
  var width: Int { Self.map.width(of: columns) }

  /// Rows with the scale.
  static func height(of rows: Int) -> Int { rows + HeatMap.scaleHeight }

  /// Rows of entropies, in nats per pixel, as a picture.
  mutating func rows(of entropies: [Float]) -> Image {
    let bits = entropies.map { $0 / Float(channels) / Float(M_LN2) }
    for number in bits { sum += Double(number) }
    count += Double(bits.count)
    return Self.map.picture(of: bits, width: columns)
  }

  /// The scale under them.
  var scale: Image { Self.map.scale(columns: columns) }

  /// The mean in bits per sub-pixel.
  var meanBits: Double { count > 0 ? sum / count : 0 }
}
