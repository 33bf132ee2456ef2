import CajalSupport
public import CajalAutodiff
public import CajalTensor

/// Embeds the sub-pixels of pictures: a vector for each value of each channel.
///
/// The channels of a pixel lie side by side, so that a picture of `[rows, columns, channels]` is a
/// plane of `[rows, columns · channels]` sub-pixels. Value v of channel c is row `256 c + v` of the
/// table; rows are multiplied by the square root of their width, as tensor2tensor does.
public struct ChannelEmbedding: Sendable {
  /// `[256 · channels, width]`
  public let table: Parameter
  /// Channels of a picture.
  public let channels: Int

  /// Values that a sub-pixel can have.
  public static let levels = 256

  /// Declares the table as `name`.
  public init(
    _ name: String, channels: Int, width: Int, initializer: Initializer,
    in builder: inout ParameterBuilder
  ) {
    table = builder.declare(
      name, shape: [Self.levels * channels, width], initializer: initializer)
    self.channels = channels
  }

  /// Rows of the table for a batch of pictures, `[batch, positions]`: position i of the sequence is
  /// sub-pixel `order[i]` of the raster plane.
  public func indices(of values: Tensor<UInt8>, order: [Int]) -> Tensor<Int32> {
    let scalars = values.scalars
    let positions = order.count
    require(
      positions > 0 && scalars.count % positions == 0, "\(values.shape) is not a batch of planes")
    let batch = scalars.count / positions
    var indices = [Int32](repeating: 0, count: scalars.count)
    for image in 0..<batch {
      for (position, plane) in order.enumerated() {
        indices[image * positions + position] =
          Int32(plane % channels * Self.levels) + Int32(scalars[image * positions + plane])
      }
    }
    return Tensor(indices, shape: [batch, positions], on: values.device)
  }

  /// `[batch, positions]` rows to `[batch, positions, width]`
  public func callAsFunction(_ indices: Tensor<Int32>, _ pass: ForwardPass) -> Variable {
    pass(table).gatherRows(indices, scale: scale)
  }

  /// The embedding of `[batch, positions]` rows as a term of a sum.
  public func term(_ indices: Tensor<Int32>, _ pass: ForwardPass) -> RowTerm {
    .rows(of: pass(table), indices, scale: scale)
  }

  private var scale: Float { Float(table.shape[1]).squareRoot() }
}
