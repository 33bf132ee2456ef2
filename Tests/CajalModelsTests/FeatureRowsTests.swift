import CajalAutodiff
import CajalTensor
import Testing

@testable import CajalModels

@Suite struct FeatureRowsTests {
  /// Rows of features before the pixel shuffle are those of the shuffled picture.
  @Test(arguments: [1, 2, 4])
  func areThoseOfThePixelShuffle(factor: Int) {
    let (images, rows, columns, width) = (2, 3, 2, 5)
    let features = Tensor<Float>(
      randomNormal: [images, rows, columns, factor * factor * width],
      key: RandomKey(seed: 1, stream: 1))
    let tape = Tape()
    let pixels = images * rows * columns * factor * factor
    let shuffled = tape.constant(features).pixelShuffled(factor: factor).value
    let numbers = Pixels.featureRows(
      of: Array(0..<Int32(pixels)), columns: columns * factor, factor: factor)
    let gathered = features.reshaped([pixels, width]).gather(Tensor(numbers))
    #expect(gathered.scalars == shuffled.scalars)
  }
}
