import CUDAEmulator
import Cajal
import CajalCUDA
import Foundation
import Testing

/// How many kernels and products of the library a step launches, and how often the host waits in it.
/// The numbers are written down so that a change shows: lower ones are better.
@Suite struct LaunchCountTests {
  private struct Counts: Equatable, CustomStringConvertible {
    var launches: Int64, waits: Int64
    /// The launches that are products of the library.
    var products = 0

    var description: String { "\(launches) launches, \(products) products, \(waits) waits" }
  }

  /// The counts of a step that is neither the first nor the second one.
  private func counts<M: PictureModel>(
    _ products: ProductLibrary, _ trainer: (_ run: String, any Problem, Device) throws -> Trainer<M>
  ) throws -> Counts {
    var result = Counts(launches: 0, waits: 0)
    try withFolder { folder in
      let data = try SmallRun.data(in: folder)
      let backend = try CUDABackend(emulated: cuda_emulator_ascending, products: products)
      var trainer = try trainer(folder + "/run", data.problem, Device(backend))
      trainer.options.evaluationInterval = 0
      trainer.options.checkpointInterval = 100
      let session = try TrainingSession(
        trainer, PictureData(data, for: trainer.model), steps: 100)
      for _ in 0..<2 { try session.makeStep() }
      let before = backend.launchCount
      let waits = backend.counts.waits
      try session.makeStep()
      result = Counts(launches: 0, waits: backend.counts.waits - waits)
      result.launches = backend.launchCount - before
      result.products = backend.launched[Int(before)...].count { $0 == "cublasLtMatmul" }
    }
    return result
  }

  /// It waits for the loss, the norm of the gradient, and whether the weights are finite. A
  /// product of the library is one launch, as one of ours without parts is.
  @Test func imageTransformer() throws {
    let own = try counts(.own, SmallRun.transformer)
    #expect(own == Counts(launches: 141, waits: 3))
    let library = try counts(.cublasAlways, SmallRun.transformer)
    #expect(library == Counts(launches: 141, waits: 3, products: 18))
  }

  /// It waits for the loss with its measures, and for the norm and finiteness of two groups.
  @Test func restorationModel() throws {
    let own = try counts(.own, SmallRun.restoration)
    #expect(own == Counts(launches: 122, waits: 5))
    let library = try counts(.cublasAlways, SmallRun.restoration)
    #expect(library == Counts(launches: 122, waits: 5, products: 1))
  }

  /// A run asks for each step before it reads the numbers of the one before, and has the same bits.
  @Test func aRunReadsAStepLate() throws {
    try withFolder { folder in
      let data = try SmallRun.data(in: folder)
      let backend = try CUDABackend(emulated: cuda_emulator_ascending)
      func trainer(_ name: String) throws -> Trainer<RestorationModel> {
        var trainer = try SmallRun.restoration(
          run: folder + "/" + name, for: data.problem, on: Device(backend))
        trainer.options.evaluationInterval = 0
        trainer.options.checkpointInterval = 100
        return trainer
      }
      let stepped = try trainer("stepped")
      let session = try TrainingSession(
        stepped, PictureData(data, for: stepped.model), steps: 4)
      var losses: [Double] = []
      for _ in 0..<2 { losses.append(try session.makeStep().loss) }
      let before = backend.launchCount
      losses.append(try session.makeStep().loss)
      let launches = backend.launchCount - before
      losses.append(try session.makeStep().loss)

      let late = try trainer("late")
      let observer = LaunchObserver(backend)
      let model = try late.fit(
        PictureData(data, for: late.model), steps: 4, observers: [observer]
      ).model
      let seen = observer.steps
      #expect(seen.map(\.loss) == losses)
      #expect(seen[1].launches - seen[0].launches == launches)
      #expect(seen[0].launches - observer.first >= 2 * launches)
      let expected = try session.finish().model
      for (a, b) in zip(model.parameters.buffers, expected.parameters.buffers) {
        #expect(a.scalars.map(\.bitPattern) == b.scalars.map(\.bitPattern))
      }
    }
  }

  /// What goes wrong is noticed a step late, and told as if it had not been; nothing is written.
  @Test func aRunNoticesAStepLate() throws {
    try withFolder { folder in
      let data = try SmallRun.data(in: folder)
      let device = Device(try CUDABackend(emulated: cuda_emulator_ascending))
      func failure(
        _ name: String, _ train: (Trainer<Img2ImgTransformer>) throws -> Void
      ) throws -> TrainingError? {
        var trainer = try SmallRun.transformer(
          run: folder + "/" + name, for: data.problem, on: device)
        trainer.optimizer = .adamW(.constant(1e30), clipNorm: 1)
        trainer.options.evaluationInterval = 0
        trainer.options.checkpointInterval = 100
        let error = #expect(throws: TrainingError.self) { try train(trainer) }
        let checkpoints = trainer.run + "/checkpoints"
        #expect(try FileManager.default.contentsOfDirectory(atPath: checkpoints).isEmpty)
        return error
      }
      let atOnce = try failure("at-once") {
        let session = try TrainingSession($0, PictureData(data, for: $0.model), steps: 50)
        while session.step < 50 { try session.makeStep() }
      }
      let late = try failure("late") {
        _ = try $0.fit(PictureData(data, for: $0.model), steps: 50)
      }
      // As text, since no NaN equals another.
      #expect("\(String(describing: atOnce))" == "\(String(describing: late))")
    }
  }
}

/// Notes the launches that a device had made when it was told of a step. `@unchecked Sendable`: the
/// run is on one thread.
private final class LaunchObserver: TrainingObserver, @unchecked Sendable {
  private let backend: CUDABackend
  let first: Int64
  private(set) var steps: [(loss: Double, launches: Int64)] = []

  init(_ backend: CUDABackend) {
    self.backend = backend
    first = backend.launchCount
  }

  func observe(_ event: TrainingEvent) {
    guard case .step(let step) = event else { return }
    steps.append((step.loss, backend.launchCount))
  }
}

extension CUDABackend {
  /// The launches so far. Those that wait for others are made first: when the driver gets them
  /// depends on the thread that makes batches.
  fileprivate var launchCount: Int64 {
    synchronize()
    return counts.launches
  }
}
