import CajalImages
import CajalModels
import CajalTensor
import Testing

@Suite struct TensorImageTests {
  private let color = Image(
    width: 2, height: 1, channels: 3, pixels: [0, 1, 127, 128, 254, 255])

  @Test func picturesAreTensorsAndBack() {
    let bytes = Tensor<UInt8>(color)
    #expect(bytes == [[[0, 1, 127], [128, 254, 255]]])
    #expect(Image(bytes) == color)
    let floats = Tensor<Float>(color)
    #expect(floats[0, 1, 2] == 1 && floats[0, 0, 0] == 0 && floats[0, 0, 1] == Float(1) / 255)
    let every = Image(width: 16, height: 16, channels: 1, pixels: (0...255).map { UInt8($0) })
    for range in [0...1, -1...1, 0...255, -3...0.1] as [ClosedRange<Float>] {
      let values = Tensor<Float>(every, in: range, on: .reference)
      #expect(values.shape == [16, 16, 1] && Image(values, in: range) == every)
      #expect(values.min().scalar == range.lowerBound)
      #expect(Image(values.squeezed(axis: 2), in: range) == every)
    }
  }

  @Test func valuesOutsideAreCut() {
    let values: Tensor<Float> = [[-7, 2], [0.5, 0.499]]
    #expect(Image(values).pixels == [0, 255, 128, 127])
    let notFinite = Tensor<Float>([.nan, .infinity, -.infinity], shape: [1, 3])
    #expect(Image(notFinite).pixels == [0, 255, 0])
  }

  @Test func sixteenBits() {
    let deep = DeepImage(
      width: 3, height: 1, channels: 1, bitDepth: 16, values: [0, 12_345, 65_535])
    let values = Tensor<Float>(deep)
    #expect(values[0, 2, 0] == 1 && DeepImage(values) == deep)
    #expect(DeepImage(Tensor<Float>(color), bitDepth: 8) == DeepImage(color))
  }

  @Test func othersAreNoPictures() async {
    await #expect(processExitsWith: .failure) { _ = Image(Tensor<UInt8>.zeros([2, 2, 2])) }
    await #expect(processExitsWith: .failure) { _ = Image(Tensor<Float>.zeros([4])) }
  }
}
