public import CajalTensor

/// A named slice of the flat buffer of a group of parameters.
public struct Parameter: Sendable, Hashable {
  /// Its place in the model, such as `body/decoder_layer_0/ffn/conv1/kernel`.
  public let path: String
  /// The extent along each axis.
  public let shape: Shape
  /// The index of its group in the model's ``ParameterLayout/groups``.
  public let group: Int
  /// The index of its first element in the group's flat buffer.
  public let offset: Int
  /// How its values are first drawn.
  public let initializer: Initializer

  /// A parameter from its parts.
  public init(
    path: String, shape: Shape, group: Int = 0, offset: Int,
    initializer: Initializer = .constant(0)
  ) {
    self.path = path
    self.shape = shape
    self.group = group
    self.offset = offset
    self.initializer = initializer
  }

  /// Its elements in the group's flat buffer.
  public var range: Range<Int> { offset..<(offset + shape.count) }

  /// Whether tensor2tensor's weight decay spares it: a vector whose name ends in `bias`.
  public var isBias: Bool { shape.rank == 1 && path.hasSuffix("bias") }

  /// Whether it has two axes or more, as kernels and embeddings have, and biases and the scales of
  /// normalizations have not.
  public var isMatrix: Bool { shape.rank >= 2 }
}
