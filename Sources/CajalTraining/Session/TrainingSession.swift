import CajalAutodiff
import CajalSupport
import CajalLayers
import CajalOptimizers
import CajalTensor
import Foundation

/// A run under the caller's control, one step at a time.
///
/// ```swift
/// let session = try TrainingSession(trainer, data, steps: 1_000)
/// while session.step < session.steps {
///   let update = try session.makeStep()
///   if update.loss > 10 { break }
/// }
/// let history = try session.finish()
/// ```
///
/// A session belongs to one thread at a time. It holds the lock of its run folder for as long as it
/// lives. `Trainer.fit` is a session that takes all of its steps.
public final class TrainingSession<M: Model, Data: TrainingData> where Data.Batch == M.Batch {
  /// The planned number of updates.
  public let steps: Int
  /// The trainer options, with all defaults resolved.
  public let options: TrainerOptions
  /// The run folder.
  public let folder: RunFolder

  let data: Data
  let log: TrainingLog
  let observers: [any TrainingObserver]
  let objectives: [TrainedObjective<M>]
  let microBatches: [Range<Int>]
  /// Whether the initial weights are available only from a checkpoint.
  let savesFirstWeights: Bool
  var state: TrainingState<M>
  var firstStep: Int
  var feed: BatchFeed<M.Batch>
  var start = DispatchTime.now()
  var lastCheckpoint: String?
  /// The last step, where its numbers have not been read.
  var pending: PendingStep?
  private let lock: RunLock

  /// Begins or continues a run.
  ///
  /// - Parameters:
  ///   - trainer: What to train, how and where.
  ///   - data: Examples to train on, and held-out ones to evaluate on.
  ///   - steps: The total number of steps, including those before a resume.
  ///   - resume: How to treat an existing run in the folder.
  ///   - observers: Receive every event, in this order, after the run's own log.
  ///   - collective: The members that share each batch; by default as many threads as the options
  ///     say replicas.
  /// - Throws: ``TrainingError``, `AllocationError` when the device has no memory for gradients and
  ///   moments, or an error that names the file that could not be read or written.
  public init(
    _ trainer: Trainer<M>, _ data: Data, steps: Int, resume: Resumption = .never,
    observers: [any TrainingObserver] = [], collective: (any Collective)? = nil
  ) throws {
    try trainer.check(steps: steps)
    if resume == .required { try RunFolder.checkHoldsRun(trainer.run) }
    folder = try RunFolder(creating: trainer.run)
    lock = try folder.lock()
    let start = try RunStart(trainer, data.record, steps, resume, folder, observers)
    let options = start.configuration.options
    let device = trainer.model.parameters.device
    let state = try TrainingState(trainer, options, start.checkpoint, on: device)
    if let checkpoint = start.checkpoint {
      for observer in observers {
        try observer.observe(.resumed(step: checkpoint.step, checkpoint: checkpoint.path))
        guard let earlier = start.earlierDevice else { continue }
        try observer.observe(.changedDevice(from: "\(earlier)", to: "\(device)"))
      }
    }
    try folder.write(configuration: start.configuration)
    log = try TrainingLog(
      path: folder.logPath, keepingThrough: start.checkpoint == nil ? -1 : state.step,
      except: { options.isExtraRecord($0, resumedAt: state.step, of: steps) })
    self.data = data
    self.steps = steps
    self.options = options
    self.observers = [log] + observers
    self.state = state
    firstStep = state.step
    lastCheckpoint = start.checkpoint?.path
    savesFirstWeights = start.checkpoint == nil && start.configuration.initialWeights != nil
    microBatches = options.microBatches
    objectives = try TrainedObjective.all(
      of: trainer.model, state, collective ?? ThreadCollective(memberCount: options.usedReplicas))
    feed = Self.feed(data, options, from: state.step, to: steps)
  }

  /// A prefetching feed of the micro-batches from step `first` on.
  static func feed(
    _ data: Data, _ options: TrainerOptions, from first: Int, to steps: Int
  ) -> BatchFeed<M.Batch> {
    let (parts, batchSize, seed) = (options.microBatches, options.batchSize ?? 1, options.seed)
    let (end, isTooMany) = max(steps, first).multipliedReportingOverflow(by: parts.count)
    return BatchFeed(
      (first * parts.count)..<(isTooMany ? .max : end),
      capacity: max(2 * parts.count, Threads.count)
    ) { number in
      let (step, part) = number.quotientAndRemainder(dividingBy: parts.count)
      let start = step * batchSize
      return try data.trainingBatch(
        (start + parts[part].lowerBound)..<(start + parts[part].upperBound), step: step, seed: seed)
    }
  }
}

extension TrainingSession {
  /// The number of updates made.
  public var step: Int { state.step }

  /// The model with the last weights.
  public var model: M { state.model }

  /// The model with the moving average of the weights, of the groups that keep one.
  public var averagedModel: M { state.averagedModel }

  /// Notifies every observer.
  func notify(_ event: TrainingEvent) throws {
    for observer in observers { try observer.observe(event) }
  }
}
