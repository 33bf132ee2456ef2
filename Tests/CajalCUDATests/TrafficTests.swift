import CUDAEmulator
import Cajal
import CajalCUDA
import CajalTensor
import Testing

/// The bytes of device memory that a training step reads and writes, in sectors of 32 bytes, against
/// the least that is written down in ``LeastTraffic``. The tables of what each kernel moves are
/// printed. In float32, with the library's products.
@Suite(
  .enabled(if: CountingEmulator.isAvailable, Comment(rawValue: CountingEmulator.remedy)),
  .serialized)
struct TrafficTests {
  /// Sectors of device memory count once in an operation, read and written apart; memory that a block
  /// shares does not.
  @Test func sectors() throws {
    let emulator = try CountingEmulator()
    let backend = try emulator.backend(.float32, products: .cublasAlways)
    func tensor(_ count: Int) -> Tensor<Float> {
      Tensor(zeros: [count], on: Device(backend))
    }
    let (x, y, result) = (tensor(1001), tensor(1001), tensor(3008))
    var expected: [Movement] = emulator.movements(of: backend)
    func expect(_ operation: String, read: Int, written: Int) {
      expected.append(
        Movement(operation: operation, bytesRead: read, bytesWritten: written))
    }

    backend.unary(.relu, x.buffer, result.buffer, count: 1000)
    expect("cajal_unary", read: 4000, written: 4000)
    // From the second float of a sector to the first of the last one.
    backend.unary(.relu, x.buffer.advanced(by: 1), result.buffer.advanced(by: 1), count: 1000)
    expect("cajal_unary", read: 4032, written: 4032)
    // Three floats of a sector, of which each is read and written.
    backend.addScaled(x.buffer, scale: 2, to: y.buffer, count: 3)
    expect("cajal_add_scaled", read: 64, written: 32)
    // Every other sector.
    backend.copyRows(x.buffer, stride: 16, to: result.buffer, resultStride: 8, rows: 10, width: 8)
    expect("cajal_copy_rows_16", read: 320, written: 320)
    backend.copyRows(x.buffer, stride: 80, to: result.buffer, resultStride: 80, rows: 1, width: 80)
    expect("cuMemcpyDtoDAsync", read: 320, written: 320)
    backend.fill(result.buffer, with: 1, count: 100)
    expect("cajal_fill", read: 0, written: 416)
    // All threads of a block meet in shared memory.
    backend.reduce(.sum, x.buffer, result.buffer, outer: 1, length: 100, inner: 8)
    expect("cajal_reduce_columns", read: 3200, written: 32)
    backend.matrixProduct(
      x.buffer, y.buffer, bias: nil, result.buffer,
      MatrixProductGeometry(rows: 40, inner: 8, columns: 16))
    expect("cublasLtMatmul", read: 4 * (320 + 128), written: 4 * 640)
    #expect(emulator.movements(of: backend) == expected)
  }

  /// What a step moves that is neither the first nor the second one, which make room.
  private func movements<M: PictureModel>(
    from input: Int, to target: Int, batch: Int,
    _ trainer: (_ run: String, any Problem, Device) throws -> Trainer<M>
  ) throws -> (movements: [Movement], model: M) {
    var result: (movements: [Movement], model: M)?
    try withFolder { folder in
      let data = try AllenBrain(.upsampling(from: input, to: target))
        .setting(["tile_size": "\(target)", "tissue": "everything"])
        .generateData(from: SyntheticTissue.sections(3, size: 64), to: folder + "/data")
      let emulator = try CountingEmulator()
      let backend = try emulator.backend(.float32, products: .cublasAlways)
      var trainer = try trainer(folder + "/run", data.problem, Device(backend))
      trainer.options.replicas = 1
      trainer.options.microBatchSize = batch
      trainer.options.evaluationInterval = 0
      trainer.options.checkpointInterval = 100
      trainer.options.weightAverageDecay = 0.9
      let session = try TrainingSession(
        trainer, PictureData(data, for: trainer.model), steps: 100)
      for _ in 0..<2 { try session.makeStep() }
      let before = emulator.movements(of: backend).count
      try session.makeStep()
      result = (emulator.movements(of: backend, from: before), trainer.model)
    }
    return try #require(result)
  }

  /// Pictures of 16 × 16 pixels: 3072 sub-pixels of 64 numbers in a batch of 4.
  @Test func imageTransformer() throws {
    let batch = 4
    let (movements, model) = try movements(from: 8, to: 16, batch: batch) {
      run, problem, device in
      let hyperparameters = Img2ImgHyperparameters.cajal2DTiny.with {
        $0.hiddenSize = 64
        $0.filterSize = 256
        $0.numHeads = 2
        $0.numEncoderLayers = 1
        $0.numDecoderLayers = 2
        $0.queryShape = [4, 12]
        $0.memoryFlange = [4, 12]
        $0.batchSize = batch
        $0.layerPrepostprocessDropout = 0.1
      }
      let model = try Img2ImgTransformer(hyperparameters, for: problem, seed: 2, on: device)
      return Trainer(model: model, optimizer: .adamW(.constant(1e-2), clipNorm: 1), run: run)
    }
    let report = TrafficReport(
      "Image Transformer", movements, least: .step(of: model, batch: batch))
    print(report)
    #expect(report.ratio <= 1.2)
  }

  /// Pictures of 32 × 32 pixels: 1024 positions of 32 numbers in a batch of 4.
  @Test func restorationModel() throws {
    let batch = 4
    let (movements, model) = try movements(from: 16, to: 32, batch: batch) {
      run, problem, device in
      let hyperparameters = RestorationHyperparameters.small.with {
        $0.trunkWidth = 32
        $0.trunkBlocks = 2
        $0.batchSize = batch
        $0.learningRateWarmupSteps = 2
      }
      let model = try RestorationModel(hyperparameters, for: problem, seed: 2, on: device)
      return Trainer(model: model, steps: 4, run: run)
    }
    let report = TrafficReport(
      "Restoration model", movements, least: .step(of: model, batch: batch, inputRows: 16))
    print(report)
    #expect(report.ratio <= 1.2)
  }
}
