/// The function that a dense layer or a convolution applies to its product plus bias.
public enum Activation: Sendable, Hashable {
  /// x
  case identity
  /// max(x, 0)
  case relu
}
