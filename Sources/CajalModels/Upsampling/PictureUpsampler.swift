public import CajalImages
import CajalTensor

/// Enlarges one picture band by band, from top to bottom, in memory that does not depend on its
/// height. Made by ``PictureModel/upsampler(width:height:options:)``.
///
/// ```swift
/// var upsampler = try model.upsampler(width: source.width, height: source.height)
/// while let band = try upsampler.next(from: &source) { … }
/// ```
public protocol PictureUpsampler {
  /// Columns of the enlarged picture.
  var width: Int { get }
  /// Rows of the enlarged picture.
  var height: Int { get }
  /// Values per pixel of the enlarged picture.
  var channels: Int { get }

  /// The next band of the enlarged picture; `nil` after the last.
  ///
  /// - Parameter source: The rows of the input. Any channels are converted to the model's. Those
  ///   rows are read from it that the band depends on, and skipped after ``resume(from:)``.
  /// - Throws: What the source throws, and `PredictionError` when predictions are not finite.
  mutating func next(from source: inout some RowSource & ~Copyable) throws -> UpsampledBand?

  /// What is needed to continue after the bands so far with another upsampler; `nil` where a picture
  /// is enlarged as a whole.
  var state: UpsamplingState? { get }

  /// Continues after the bands of another upsampler of the same model, size and options, to the same
  /// picture. The source is to be at its first row.
  mutating func resume(from state: UpsamplingState)
}

/// Some rows of an enlarged picture.
public struct UpsampledBand: Sendable, Hashable {
  /// The rows.
  public var rows: Image
  /// The entropy in nats of each of their pixels, row by row, where the options ask for it.
  public var entropies: [Float]?

  /// A band of its parts.
  public init(rows: Image, entropies: [Float]? = nil) {
    self.rows = rows
    self.entropies = entropies
  }
}

/// What an upsampler needs to continue where another one stopped.
public struct UpsamplingState: Sendable, Hashable, Codable {
  /// Rows of the enlarged picture that are finished.
  public var finishedRows: Int
  /// What the next rows depend on beside the input: numbers of the model's own.
  public var memory: [Float]

  /// A state of its parts.
  public init(finishedRows: Int, memory: [Float] = []) {
    self.finishedRows = finishedRows
    self.memory = memory
  }
}

/// How a picture is enlarged.
public struct UpsamplingOptions: Sendable {
  /// How the picture is made from the predictions; `nil` is the model's default.
  public var decoding: Decoding?
  /// Whether the entropy of each pixel's predicted distribution is wanted.
  public var withEntropies: Bool
  /// About how many bytes the features of a block may take, and as many finished rows: fewer make
  /// smaller blocks and take longer. Blocks have at least 16 rows and columns.
  public var memory = 1 << 29
  /// Called with the fraction done, on any thread.
  public var progress: (@Sendable (Double) -> Void)?
  /// Asked often whether to stop, with ``PredictionError/stopped``.
  public var isStopped: (@Sendable () -> Bool)?

  /// Options; by default those of the model.
  public init(
    decoding: Decoding? = nil, withEntropies: Bool = false,
    progress: (@Sendable (Double) -> Void)? = nil, isStopped: (@Sendable () -> Bool)? = nil
  ) {
    self.decoding = decoding
    self.withEntropies = withEntropies
    self.progress = progress
    self.isStopped = isStopped
  }
}

/// An error for a source of rows that ends early.
public struct MissingRowsError: Error, Hashable, CustomStringConvertible {
  /// The rows that were read, and those that there should be.
  public let read: Int, height: Int

  /// One line.
  public var description: String { "the picture ends after \(read) of \(height) rows" }
}
