public import CajalAutodiff
public import CajalLayers
import CajalSupport
public import CajalTensor
import Synchronization

/// A trainable model: parameters in named groups, one or more losses of a batch, and a
/// configuration that a run records.
///
/// ```swift
/// struct Denoiser: Model {
///   static let kind = "denoiser"
///   let configuration: Width
///   let layout: ParameterLayout
///   var parameters: ParameterValues
///   private let convolution: Convolution
///
///   init(configuration: Width, on device: Device) throws { … }
///   func loss(_ batch: Pair, objective: Objective, _ pass: ForwardPass) -> Variable {
///     let restored = convolution(pass.tape.constant(batch.noisy), pass)
///     return (restored - pass.tape.constant(batch.clean)).squared().mean()
///   }
/// }
/// ```
public protocol Model: Sendable {
  /// The input of a loss: examples prepared by ``TrainingData``.
  associatedtype Batch: Sendable
  /// Everything that defines the model except its weights; stored in `config.json`.
  associatedtype Configuration: Codable & Hashable & Sendable

  /// The kind of model in `config.json`, such as `img2img-transformer`.
  static var kind: String { get }
  /// The unit of the losses for messages, such as `nats per sub-pixel`. Default: none.
  static var lossUnit: String { get }
  /// The unit of the losses of training batches, where training minimizes something else than what
  /// held-out examples are measured by. Default: ``lossUnit``.
  static var trainingLossUnit: String { get }

  /// Everything that defines the model except its weights.
  var configuration: Configuration { get }
  /// Creates a model on a device with arbitrary weights, which are then replaced by those of a
  /// checkpoint.
  ///
  /// - Throws: An error that says what of the configuration is wrong.
  init(configuration: Configuration, on device: Device) throws

  /// The layout of ``parameters``.
  var layout: ParameterLayout { get }
  /// All weights.
  var parameters: ParameterValues { get set }

  /// The parameter of a run's model whose value one of this model begins with, when the model is
  /// initialized from that run: its path, or `nil` to leave it as it is. Default: the same path.
  func sourcePath(of parameter: Parameter, in source: ParameterLayout) -> String?

  /// The objectives of each step, in this order. Default: one loss, minimized by all groups.
  var objectives: [Objective] { get }
  /// The mean loss of a batch, one number, recorded on the tape of `pass`. A pass with randomness
  /// is for training, else for evaluation. Other numbers that are worth watching, such as the terms
  /// of the loss, go to `ForwardPass.report(_:_:)`.
  func loss(_ batch: Batch, objective: Objective, _ pass: ForwardPass) -> Variable

  /// Recommended trainer options, used where none are given. Default: batches of 1, no average.
  var trainingDefaults: TrainingDefaults { get }
  /// Checks that the model can be trained. Default: it can.
  ///
  /// - Throws: An error that says what is wrong and what to do.
  func validate() throws
}

extension Model {
  /// Default: no unit.
  public static var lossUnit: String { "" }
  /// Default: the unit of held-out losses.
  public static var trainingLossUnit: String { lossUnit }
  /// Default: the same path.
  public func sourcePath(of parameter: Parameter, in source: ParameterLayout) -> String? {
    parameter.path
  }
  /// Default: one loss, minimized by all groups.
  public var objectives: [Objective] { [.loss] }
  /// Default: batches of 1, no average.
  public var trainingDefaults: TrainingDefaults { TrainingDefaults() }
  /// Default: no checks.
  public func validate() throws {}
}

extension Model {
  /// The mean loss of a batch without dropout. Reads one number.
  ///
  /// - Parameters:
  ///   - batch: The examples.
  ///   - objective: Which loss; by default the first.
  public func evaluationLoss(_ batch: Batch, objective: Objective? = nil) -> Double {
    let pass = ForwardPass(tape: Tape(), parameters: parameters)
    return Double(loss(batch, objective: objective ?? objectives[0], pass).value.scalar)
  }
}

extension Model {
  /// The mean loss of held-out examples, without dropout or label smoothing, each of them by
  /// itself.
  ///
  /// - Parameters:
  ///   - data: Where the examples are.
  ///   - examples: The indices of the held-out examples to take.
  ///   - objective: Which loss; by default the first.
  ///   - progress: Called with the share that is done, on any thread.
  /// - Throws: What the data throws when an example cannot be made.
  public func meanLoss<Data: TrainingData<Batch>>(
    _ data: Data, examples: some Collection<Int>, objective: Objective? = nil,
    progress: (@Sendable (Double) -> Void)? = nil
  ) throws -> Double {
    let examples = Array(examples)
    let done = Atomic(0)
    let losses = try Threads.concurrentMap(examples) { index in
      defer {
        let now = done.add(1, ordering: .relaxed).newValue
        progress?(Double(now) / Double(examples.count))
      }
      return evaluationLoss(try data.evaluationBatch(index..<(index + 1)), objective: objective)
    }
    return losses.reduce(0, +) / Double(max(losses.count, 1))
  }
}
