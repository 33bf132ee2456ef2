public import CajalTensor

/// The parameters of a model and their places in one flat buffer.
///
/// Because weights, gradients, moments and averages share this layout, an update, a norm, a copy, a
/// message or a file is one pass over one buffer.
public struct ParameterLayout: Sendable, Hashable {
  /// Every parameter, in the order of declaration; offsets ascend.
  public let parameters: [Parameter]
  /// The length of the flat buffer, padding included.
  public let bufferCount: Int

  /// The number of trainable numbers, without the buffer's padding.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.shape.count } }

  /// The parameter at a path.
  public subscript(path: String) -> Parameter? { parameters.first { $0.path == path } }

  /// First values for all parameters. Equal seeds give equal bits; each parameter has a sequence of its
  /// own, so that adding a parameter at the end changes no other.
  public func initialValues(seed: UInt64, on device: Device = .cpu) -> Tensor<Float> {
    var values = [Float](repeating: 0, count: bufferCount)
    for (index, parameter) in parameters.enumerated() {
      let key = RandomKey(seed: seed, stream: RandomStreams.initialization, step: UInt64(index))
      let drawn = parameter.initializer.values(shape: parameter.shape, key: key)
      values.replaceSubrange(parameter.range, with: drawn)
    }
    return Tensor(values, on: device)
  }
}

/// Collects the parameters that layers declare while a model is built.
public struct ParameterBuilder {
  private var parameters: [Parameter] = []
  private var count = 0
  private var scopes: [String] = []

  /// Slices start at multiples of this, 64 bytes, so that kernels can load aligned.
  static let alignment = 16

  /// A builder that has seen no parameter.
  public init() {}

  /// What has been declared.
  public var layout: ParameterLayout {
    ParameterLayout(parameters: parameters, bufferCount: count)
  }

  /// Declares a parameter under the current scope. Its path must be new.
  public mutating func declare(_ name: String, shape: Shape, initializer: Initializer) -> Parameter
  {
    let path = (scopes + [name]).joined(separator: "/")
    precondition(!parameters.contains { $0.path == path }, "there are two parameters \(path)")
    let parameter = Parameter(path: path, shape: shape, offset: count, initializer: initializer)
    parameters.append(parameter)
    count += (shape.count + Self.alignment - 1) / Self.alignment * Self.alignment
    return parameter
  }

  /// Puts `name` before the paths of everything that `body` declares.
  public mutating func scope<Result>(
    _ name: String, _ body: (inout ParameterBuilder) throws -> Result
  ) rethrows -> Result {
    scopes.append(name)
    defer { scopes.removeLast() }
    return try body(&self)
  }
}

/// Which random sequence serves which purpose: no two uses share numbers.
public enum RandomStreams {
  /// First values of parameters; the step is the parameter's number.
  public static let initialization: UInt32 = 1
  /// Decoding by sampling; the step is the image's number, the element the position.
  public static let sampling: UInt32 = 2
  /// The first of the streams for dropout, one for each place in a model.
  public static let dropout: UInt32 = 0x1000
}

extension ParameterLayout: CustomStringConvertible, CustomReflectable {
  /// The number of parameters and of the tensors that they are in.
  public var description: String {
    "\(parameterCount) parameters in \(parameters.count) tensors"
  }

  /// No children: the list of all parameters is long.
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
