import CUDAEmulator
import Cajal
import CajalCUDA
import CajalOperationCases
import Testing

/// What benchmarks of a GPU are made of.
@Suite struct BenchmarkTests {
  /// A restoration model's parts are all on the device: operands on two stop the program.
  @Test func restorationIsOnTheDevice() throws {
    let backend = try CUDABackend(emulated: cuda_emulator_ascending, products: .cublasAlways)
    let hyperparameters = RestorationHyperparameters.small.with {
      $0.trunkWidth = 4
      $0.trunkBlocks = 1
      $0.headFeatures = 4
      $0.headWidth = 8
      $0.headLayers = 1
      $0.mixtureComponents = 2
      $0.pixelsPerPicture = 4
    }
    let restoration = try TimedRestoration(hyperparameters, pictures: 4, on: Device(backend))
    for step in [restoration.trunkStep, restoration.headStep] {
      let before = backend.counts.launches
      step()
      #expect(backend.counts.launches > before)
    }
  }

  /// Tensors without elements agree, in any precision.
  @Test(arguments: [Precision.float32, .tf32]) func nothingAgrees(precision: Precision) throws {
    let device = Device(try CUDABackend(emulated: cuda_emulator_ascending, precision: precision))
    let rows = OperationCase.groups.flatMap(\.cases)
      .filter { row in row.inputs.contains { $0.shape.count == 0 } }
    #expect(!rows.isEmpty)
    for row in rows {
      let agreement = row.agreement(of: device)
      #expect(agreement.passes, "\(row): \(agreement.worst) at \(agreement.place)")
    }
  }
}
