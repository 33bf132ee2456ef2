import CUDAEmulator
import Cajal
import CajalCUDA
import Testing

/// How many kernels and products of the library a step launches, and how often the host waits in it. The numbers are written
/// down so that a change shows: lower ones are better.
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
      let before = backend.counts
      try session.makeStep()
      let after = backend.counts
      result = Counts(
        launches: after.launches - before.launches, waits: after.waits - before.waits,
        products: backend.launched[Int(before.launches)...].count { $0 == "cublasLtMatmul" })
    }
    return result
  }

  /// It waits for the loss, the norm of the gradient, and whether the weights are finite. A
  /// product of the library is one launch, as one of ours without parts is.
  @Test func imageTransformer() throws {
    let own = try counts(.own, SmallRun.transformer)
    #expect(own == Counts(launches: 207, waits: 3))
    let library = try counts(.cublasAlways, SmallRun.transformer)
    #expect(library == Counts(launches: 207, waits: 3, products: 18))
  }

  /// It waits for the loss with its measures, and for the norm and finiteness of two groups.
  @Test func restorationModel() throws {
    let own = try counts(.own, SmallRun.restoration)
    #expect(own == Counts(launches: 169, waits: 5))
    let library = try counts(.cublasAlways, SmallRun.restoration)
    #expect(library == Counts(launches: 169, waits: 5, products: 1))
  }
}
