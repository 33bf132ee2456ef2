import CajalSupport
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

  /// The measures reported so far, in order; see ``report(_:_:)``.
  public private(set) var measures: [(name: String, value: Tensor<Float>)] = []

  private var dropoutPlaces: UInt32 = 0

  /// A pass over `parameters`. With `randomness`, dropout is on.
  public convenience init(tape: Tape, parameters: ParameterValues, randomness: RandomKey? = nil) {
    self.init(tape: tape, parameters: parameters, randomness: randomness, dropoutPlaces: 0)
  }

  /// A pass whose first place of dropout has a number.
  private init(
    tape: Tape, parameters: ParameterValues, randomness: RandomKey?, dropoutPlaces: UInt32
  ) {
    self.tape = tape
    self.parameters = parameters
    self.randomness = randomness
    self.dropoutPlaces = dropoutPlaces
  }

  /// The variable of a parameter. Those of repeated calls share elements and gradient.
  public func callAsFunction(_ parameter: Parameter) -> Variable {
    tape.parameter(parameters[parameter], group: parameter.group, offset: parameter.offset)
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
    guard let key = dropoutKey(rate: rate) else { return x }
    return x.dropout(key)
  }

  /// The sum of dropout of `x` with `rate`, in training, and a residual of the same shape.
  public func dropout(_ x: Variable, rate: Float, addedTo residual: Variable) -> Variable {
    guard let key = dropoutKey(rate: rate) else { return x + residual }
    return x.dropout(key, addedTo: residual)
  }
}

// MARK: - Measures

extension ForwardPass {
  /// Reports a scalar beside the loss, such as one of its terms. The trainer averages measures over
  /// a batch as it does the loss, and puts them into the log and the progress line. They cost no
  /// read from the device of their own.
  ///
  /// ```swift
  /// pass.report("nats", nats)
  /// return absoluteError * (1 / 16) + nats * 0.1
  /// ```
  ///
  /// - Parameters:
  ///   - name: The measure's name in the log, each once in a pass, such as `absolute_error`.
  ///   - value: One number: the mean over the examples of the batch. Every batch of a model has the
  ///     same measures in the same order.
  public func report(_ name: String, _ value: Variable) { report(name, value.value) }

  private func report(_ name: String, _ value: Tensor<Float>) {
    require(value.shape.count == 1, "the measure \(name) is one number, not \(value.shape)")
    require(!measures.contains { $0.name == name }, "the measure \(name) is reported twice")
    measures.append((name, value))
  }
}

// MARK: - Checkpoints

extension ForwardPass {
  /// Computes layers without keeping what their derivatives need; the backward pass computes them
  /// again, with the same dropout, and gradients have the same bits. See `Tape.checkpoint`.
  ///
  /// ```swift
  /// let y = pass.checkpoint([x, memory]) { inputs, pass in
  ///   layer(inputs[0], memory: inputs[1], pass)
  /// }
  /// ```
  ///
  /// - Parameters:
  ///   - inputs: All variables that the segment uses beside parameters, on this pass's tape.
  ///   - segment: Computes the result from the inputs, in the pass that it is given, which has the
  ///     parameters of this one. It can capture tensors and layers; the compiler checks that it
  ///     captures no variable.
  /// - Returns: The segment's result as a variable of this pass's tape.
  public func checkpoint(
    _ inputs: [Variable],
    _ segment: @escaping @Sendable (_ inputs: [Variable], _ pass: ForwardPass) -> Variable
  ) -> Variable {
    let firstPlace = dropoutPlaces
    return tape.checkpoint(
      inputs,
      first: { tape, inputs in
        let pass = ForwardPass(
          tape: tape, parameters: parameters, randomness: randomness, dropoutPlaces: firstPlace)
        let result = segment(inputs, pass)
        dropoutPlaces = pass.dropoutPlaces
        // The second time the segment reports them to a pass that nobody asks.
        for measure in pass.measures { report(measure.name, measure.value) }
        return result
      },
      again: { [parameters, randomness] tape, inputs in
        let pass = ForwardPass(
          tape: tape, parameters: parameters, randomness: randomness, dropoutPlaces: firstPlace)
        return segment(inputs, pass)
      })
  }

  /// Computes layers of one input without keeping what their derivatives need.
  public func checkpoint(
    _ input: Variable,
    _ segment: @escaping @Sendable (_ input: Variable, _ pass: ForwardPass) -> Variable
  ) -> Variable {
    checkpoint([input]) { inputs, pass in segment(inputs[0], pass) }
  }
}
