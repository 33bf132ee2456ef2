public import CajalAutodiff
public import CajalTensor

/// One forward pass of a model: its tape, its parameters and, in training, the randomness of
/// dropout.
///
/// Passed to every layer. Confined to one thread.
public final class ForwardPass {
  /// Records the operations.
  public let tape: Tape
  /// All parameters of the model, in its layout.
  public let parameters: ParameterValues
  /// The seed and step that dropout draws from; `nil` when dropout is off, as in evaluation.
  public let randomness: RandomKey?

  private var dropoutPlaces: UInt32 = 0
  private var variables: [Int: Variable] = [:]

  /// A pass over `parameters`. With `randomness`, dropout is on.
  public init(tape: Tape, parameters: ParameterValues, randomness: RandomKey? = nil) {
    self.tape = tape
    self.parameters = parameters
    self.randomness = randomness
  }

  /// The variable of a parameter; repeated calls return the same variable.
  public func callAsFunction(_ parameter: Parameter) -> Variable {
    // Offsets are far below 2⁴⁸.
    let place = parameter.group << 48 | parameter.offset
    if let known = variables[place] { return known }
    let variable = tape.parameter(
      parameters[parameter], group: parameter.group, offset: parameter.offset)
    variables[place] = variable
    return variable
  }

  /// A random key for the next dropout with `rate`, or `nil` if nothing is dropped.
  ///
  /// Keys are numbered in call order, which is the same in every pass.
  public func dropoutKey(rate: Float) -> DropoutKey? {
    guard rate > 0, var key = randomness else { return nil }
    key.stream = RandomStreams.dropout + dropoutPlaces
    dropoutPlaces += 1
    return DropoutKey(key, rate: rate)
  }

  /// Dropout of `x` with `rate`, in training.
  public func dropout(_ x: Variable, rate: Float) -> Variable {
    dropoutKey(rate: rate).map(x.dropout) ?? x
  }
}
