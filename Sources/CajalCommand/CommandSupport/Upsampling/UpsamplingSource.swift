import Cajal
import CajalSupport

/// The rows of a picture file as a run's model takes them, and its alpha aside.
struct UpsamplingSource: RowSource, ~Copyable {
  private var reader: ImageReader
  private let prepare: (Image) throws -> Image
  private let normalization: PixelNormalization?
  let width: Int, height: Int, channels: Int
  /// Alpha, which a filter enlarges; `nil` for a picture without.
  var alpha: EnlargedRows?
  private var clippedValues = 0.0, values = 0.0

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - run: The run, whose problem prepares inputs.
  ///   - limits: The limits of pictures.
  ///   - whiteLevel: The value of white of 16-bit pictures.
  ///   - keepsAlpha: Whether the output has alpha if the input has.
  init(
    _ path: String, for run: OpenedRun, limits: ImageLimits, whiteLevel: Int?, keepsAlpha: Bool
  ) throws {
    reader = try ImageReader(
      contentsOf: path, limits: limits, whiteLevel: whiteLevel, keepsAlpha: keepsAlpha)
    (width, height) = (reader.width, reader.height)
    let model = run.model
    channels = model.channels
    normalization = model.normalization
    // For a problem unknown to this program, pictures are used unchanged.
    let problem = try? run.problem
    prepare = { rows in
      try (problem?.preparedInput(rows) ?? rows).converted(toChannels: model.channels)
    }
  }

  /// What the file says beside the values.
  var metadata: PictureMetadata { reader.metadata }
  /// Whether the rows have alpha beside the colors.
  var hasAlpha: Bool { reader.channels % 2 == 0 }
  /// Values of colors per pixel of the file.
  var colorChannels: Int { hasAlpha ? reader.channels - 1 : reader.channels }
  var bitDepth: Int { reader.bitDepth }
  /// The largest value so far of a 16-bit file.
  var largestValue: Int? { reader.largestValue }
  /// The share of the values so far that the model's normalization cuts off.
  var clippedShare: Double { values > 0 ? clippedValues / values : 0 }

  /// Begins to enlarge alpha.
  mutating func enlargeAlpha(to enlarged: (width: Int, height: Int)) {
    guard hasAlpha else { return }
    alpha = EnlargedRows(width: width, height: height, enlarged: enlarged)
  }

  mutating func readRows(_ count: Int) throws -> Image? {
    guard let rows = try hasAlpha ? rowsWithAlpha(count) : reader.readRows(count) else {
      return nil
    }
    let prepared = try prepare(rows)
    let new = Double(prepared.pixels.count)
    clippedValues += new * (normalization?.clippedShare(of: prepared.pixels) ?? 0)
    values += new
    return prepared
  }

  private mutating func rowsWithAlpha(_ count: Int) throws -> Image? {
    let rows = min(count, height - reader.nextRow)
    guard rows > 0 else { return nil }
    let all = reader.channels
    var values = [UInt8](repeating: 0, count: rows * width * all)
    var failure: ImageError?
    values.withUnsafeMutableBufferPointer { buffer in
      do throws(ImageError) { _ = try reader.readRows(into: buffer) } catch { failure = error }
    }
    if let failure { throw failure }
    var colors: [UInt8] = [], alpha: [UInt8] = []
    colors.reserveCapacity(rows * width * (all - 1))
    alpha.reserveCapacity(rows * width)
    for start in stride(from: 0, to: values.count, by: all) {
      colors += values[start..<(start + all - 1)]
      alpha.append(values[start + all - 1])
    }
    self.alpha?.append(alpha)
    return Image(width: width, height: rows, channels: all - 1, pixels: colors)
  }

  mutating func skipRows(_ count: Int) throws {
    try reader.skipRows(count)
    alpha?.skipRows(before: reader.nextRow)
  }
}
