public import CajalImages

extension PictureModel {
  /// Enlarges a picture row by row, in memory that does not depend on its height. It is the picture
  /// of ``PictureModel/upsample(_:decoding:progress:)``.
  ///
  /// ```swift
  /// var reader = try ImageReader(contentsOf: "section.png")
  /// try ImageWriter.write(
  ///   to: "section@4x.png", width: 4 * reader.width, height: 4 * reader.height, channels: 3
  /// ) { try model.upsample(&reader, to: &$0) }
  /// ```
  ///
  /// - Parameters:
  ///   - source: The rows of the input, such as an `ImageReader`.
  ///   - sink: Takes the rows of the enlarged picture, such as an `ImageWriter`.
  ///   - options: How the picture is made. Entropies are not computed.
  /// - Throws: What source and sink throw, else as ``PictureModel/upsample(_:decoding:progress:)``.
  public func upsample(
    _ source: inout some RowSource & ~Copyable, to sink: inout some RowSink & ~Copyable,
    options: UpsamplingOptions = UpsamplingOptions()
  ) throws {
    var options = options
    options.withEntropies = false
    var upsampler = try upsampler(width: source.width, height: source.height, options: options)
    while let band = try upsampler.next(from: &source) { try sink.append(band.rows) }
  }

  /// An upsampler of a picture of a size, with the model's defaults.
  public func upsampler(width: Int, height: Int) throws -> any PictureUpsampler {
    try upsampler(width: width, height: height, options: UpsamplingOptions())
  }
}
