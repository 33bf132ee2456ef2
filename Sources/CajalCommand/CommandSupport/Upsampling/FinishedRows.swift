import Cajal
import CajalSupport

/// Finished rows of an enlarged picture, as they are written: with alpha if there is any, and their
/// entropies if these are wanted.
struct FinishedRows {
  let pixels: [UInt8]
  let entropies: [Float]?

  /// The rows of a band, with alpha from the source.
  init(_ band: UpsampledBand, from source: inout UpsamplingSource) {
    entropies = band.entropies
    let rows = band.rows
    guard let alpha = source.alpha?.take(rows.height) else {
      pixels = rows.pixels
      return
    }
    var all: [UInt8] = []
    all.reserveCapacity(rows.pixels.count + alpha.count)
    for (pixel, opacity) in alpha.enumerated() {
      all += rows.pixels[(pixel * rows.channels)..<((pixel + 1) * rows.channels)]
      all.append(opacity)
    }
    pixels = all
  }

  /// Several bands as one.
  init(joining bands: [FinishedRows]) {
    pixels = bands.flatMap(\.pixels)
    entropies = bands.first?.entropies == nil ? nil : bands.flatMap { $0.entropies ?? [] }
  }

  /// The rows of bytes that ``bytes`` made.
  ///
  /// - Parameters:
  ///   - bytes: The bytes.
  ///   - pixelBytes: How many of them are pixels; the others are entropies.
  init(bytes: [UInt8], pixelBytes: Int) {
    pixels = Array(bytes.prefix(pixelBytes))
    let rest = bytes.dropFirst(pixelBytes)
    entropies =
      rest.isEmpty
      ? nil
      : stride(from: rest.startIndex, to: rest.endIndex, by: 4).map { start in
        Float(
          bitPattern: (0..<4).reduce(0) { $0 | UInt32(rest[start + $1]) << UInt32(8 * $1) })
      }
  }

  /// Pixels, and entropies in little-endian order.
  var bytes: [UInt8] {
    pixels
      + (entropies ?? []).flatMap { number in
        (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> UInt32(8 * $0)) }
      }
  }
}
