import CajalAutodiff
import CajalImages
import CajalLayers
import CajalModels
import CajalTensor
import Testing

/// A model with NaN weights is an error, and no picture is decoded.
@Suite struct DestroyedModelTests {
  private static let ways: [Decoding] = [.greedy, .mean, .sample(), .zeroTarget]

  @Test(arguments: [Float.nan, .infinity, -.infinity], ways)
  func oneBadWeightIsEnough(weight: Float, way: Decoding) throws {
    var model = try smallModel(variants[2])
    let inputs = randomPixels([1, 2, 2, 3], seed: 1)
    _ = try model.decode(inputs, decoding: way)
    // A rectifier behind this kernel takes what is not a number for zero.
    let kernel = try #require(model.layout.parameters.first { $0.path.hasSuffix("conv1/kernel") })
    var weights = model.parameters.buffers[0].scalars
    weights[kernel.offset] = weight
    model.parameters = ParameterValues([Tensor(weights)])
    #expect(throws: PredictionError.nonFiniteWeights) {
      try model.decode(inputs, decoding: way)
    }
    #expect(throws: PredictionError.nonFiniteWeights) {
      try model.upsample(Image(width: 2, height: 2, channels: 3), decoding: way)
    }
  }

  @Test(arguments: ways) func weightsCanBeFiniteAndPredictionsNot(way: Decoding) throws {
    var model = try smallModel(variants[2])
    model.parameters.buffers[0].fill(with: 1e30)
    #expect(throws: PredictionError.nonFiniteLogits) {
      try model.decode(randomPixels([2, 2, 2, 3], seed: 1), decoding: way)
    }
  }

  @Test(arguments: [Float.nan, .infinity, 0, -1]) func temperatures(temperature: Float) throws {
    let model = try smallModel()
    let error = #expect(throws: PredictionError.self) {
      try model.decode(
        randomPixels([1, 2, 2, 3], seed: 1), decoding: .sample(temperature: temperature))
    }
    #expect("\(try #require(error))".contains("positive, finite number, not \(temperature)"))
  }
}
