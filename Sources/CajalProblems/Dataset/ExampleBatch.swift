import CajalSupport
import CajalImages
public import CajalTensor

/// Examples of one shape, packed for a model.
public struct ExampleBatch: Sendable {
  /// The inputs, `[batch, height, width, channels]`.
  public let inputs: Tensor<UInt8>
  /// The targets, `[batch, height, width, channels]`.
  public let targets: Tensor<UInt8>

  /// The number of examples.
  public var count: Int { inputs.shape[0] }

  /// Packs examples, at least one and all of the same shapes.
  public init(_ examples: [Example]) {
    require(!examples.isEmpty, "a batch has at least one example")
    inputs = Self.packed(examples.map(\.input))
    targets = Self.packed(examples.map(\.target))
  }

  private static func packed(_ images: [Image]) -> Tensor<UInt8> {
    let shape = images[0].shape
    require(
      images.allSatisfy { $0.shape == shape }, "the examples of a batch have the same shapes")
    return Tensor(
      images.flatMap(\.pixels),
      shape: [images.count, shape.height, shape.width, shape.channels])
  }
}
