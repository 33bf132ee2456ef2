import Cajal
import Foundation

/// The files of an enlarged picture.
struct EnlargedOutput {
  private let paths: UpsamplingPaths.Picture
  private let metadata: PictureMetadata
  let width: Int, height: Int
  /// Colors and alpha.
  let channels: Int
  private var uncertainty: UncertaintyPicture

  init(
    _ paths: UpsamplingPaths.Picture, _ upsampler: any PictureUpsampler,
    of source: borrowing UpsamplingSource
  ) {
    self.paths = paths
    (width, height) = (upsampler.width, upsampler.height)
    channels = upsampler.channels + (source.hasAlpha ? 1 : 0)
    var metadata = source.metadata.scaled(
      columns: Double(width) / Double(source.width), rows: Double(height) / Double(source.height))
    // That of gray is not one of colors.
    if source.colorChannels != upsampler.channels { metadata.colorProfile = nil }
    self.metadata = metadata
    uncertainty = UncertaintyPicture(columns: width, channels: upsampler.channels)
  }

  /// Writes the files from finished rows: all of them, or none after an error.
  ///
  /// - Parameter next: The next rows; `nil` after the last.
  mutating func write(_ next: () throws -> FinishedRows?) throws {
    guard let path = paths.uncertainty else { return try writePicture(next) { _ in } }
    var map = uncertainty
    let height = UncertaintyPicture.height(of: height)
    try ImageWriter.write(to: path, width: map.width, height: height, channels: 3) { shown in
      try writePicture(next) { rows in
        if let entropies = rows.entropies { try shown.append(map.rows(of: entropies)) }
      }
      try shown.append(map.scale)
    }
    uncertainty = map
  }

  private func writePicture(
    _ next: () throws -> FinishedRows?, beside: (FinishedRows) throws -> Void
  ) throws {
    try ImageWriter.write(
      to: paths.output, width: width, height: height, channels: channels, metadata: metadata
    ) { writer in
      while let rows = try next() {
        try rows.pixels.withUnsafeBufferPointer { (pixels) throws(ImageError) in
          try writer.append(pixels)
        }
        try beside(rows)
      }
    }
  }

  /// What was written.
  var record: EnlargedPicture {
    EnlargedPicture(
      input: paths.input, output: paths.output, width: width, height: height,
      uncertainty: paths.uncertainty,
      meanEntropy: paths.uncertainty == nil ? nil : uncertainty.meanBits)
  }
}

/// A picture that was enlarged.
struct EnlargedPicture: Encodable {
  let input: String
  let output: String
  let width: Int, height: Int
  let uncertainty: String?
  /// Bits per sub-pixel.
  let meanEntropy: Double?

  private enum CodingKeys: String, CodingKey {
    case input, output, width, height, uncertainty
    case meanEntropy = "mean_entropy_bits"
  }

  /// The same in words.
  var text: String {
    let picture = "\(output): \(width)×\(height) pixels"
    guard let uncertainty, let meanEntropy else { return picture }
    return "\(picture)\n\(uncertainty): mean uncertainty \(Figures.fixed(meanEntropy, 2)) bits "
      + "(\(Figures.fixed(meanEntropy * M_LN2, 2)) nats) per sub-pixel"
  }
}
