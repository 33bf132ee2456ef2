import CajalSupport
import Testing

@testable import CajalTensor

/// What is known of pixels before they are decoded, on every device.
@Suite struct CausalContextTests {
  /// Random pictures of whole numbers, means, and the floored means of blocks.
  private struct Pictures {
    let targets, means, inputs: Tensor<Float>
    let ratio: Int

    init(_ shape: Shape, ratio: Int, on device: Device) {
      func numbers(_ stream: UInt32) -> Tensor<Float> {
        Tensor(
          randomUniform: shape, low: 0, high: 255, key: RandomKey(seed: 4, stream: stream),
          on: device)
      }
      self.ratio = ratio
      targets = Tensor(numbers(1).scalars.map { $0.rounded() }, shape: shape, on: device)
      means = numbers(2)
      let values = targets.scalars
      let small: Shape = [shape[0], shape[1] / ratio, shape[2] / ratio, shape[3]]
      let sums = positions(small).map { place -> Float in
        var sum = 0
        for y in 0..<ratio {
          for x in 0..<ratio {
            let at = [place[0], place[1] * ratio + y, place[2] * ratio + x, place[3]]
            sum += Int(values[flatIndex(at, in: shape)])
          }
        }
        return Float(sum / (ratio * ratio))
      }
      inputs = Tensor(sums, shape: small, on: device)
    }
  }

  private func everyPixel(of shape: Shape, on device: Device) -> Tensor<Int32> {
    Tensor((0..<(shape.count / shape[3])).map { Int32($0) }, on: device)
  }

  private static let cases: [(shape: Shape, ratio: Int)] = [
    ([2, 8, 12, 3], 4), ([1, 6, 4, 1], 2), ([2, 3, 9, 2], 3), ([1, 16, 8, 3], 8),
    ([1, 5, 3, 3], 1),
  ]

  /// Each number of the row against its definition.
  @Test(arguments: devices) func definition(device: Device) {
    for (shape, ratio) in Self.cases {
      let pictures = Pictures(shape, ratio: ratio, on: device)
      let (targets, means) = (pictures.targets.scalars, pictures.means.scalars)
      let rows = pictures.targets.causalContext(
        means: pictures.means, inputs: pictures.inputs, pixels: everyPixel(of: shape, on: device))
      let channels = shape[3]
      let width = Tensor<Float>.causalContextWidth(channels: channels, hasInputs: true)
      #expect(rows.shape == [shape.count / channels, width])
      let expected = positions([shape[0], shape[1], shape[2]]).flatMap { pixel -> [Double] in
        let (image, y, x) = (pixel[0], pixel[1], pixel[2])
        var residuals: [Double] = []
        var mask: [Double] = []
        for offset in -24 ... -1 {
          // Offsets within the window: the place before in raster order of seven columns.
          let (row, column) = (y + (offset + 24) / 7 - 3, x + (offset + 24) % 7 - 3)
          let isInside = row >= 0 && column >= 0 && column < shape[2]
          mask.append(isInside ? 1 : 0)
          for c in 0..<channels {
            guard isInside else { residuals.append(0); continue }
            let at = flatIndex([image, row, column, c], in: shape)
            residuals.append(Double(targets[at] - means[at]) / 16)
          }
        }
        let order = y % ratio * ratio + x % ratio
        let left = (0..<channels).map { c -> Double in
          let block = flatIndex([image, y / ratio, x / ratio, c], in: pictures.inputs.shape)
          let count = Double(ratio * ratio)
          var left = count * Double(pictures.inputs.scalars[block]) + (count - 1) / 2
          for other in 0..<(ratio * ratio) {
            let at = flatIndex(
              [image, y - y % ratio + other / ratio, x - x % ratio + other % ratio, c], in: shape)
            left -= Double(means[at])
            if other < order { left -= Double(targets[at]) - Double(means[at]) }
          }
          return left
        }
        let remaining = Double(ratio * ratio - order)
        let own = (0..<channels).map { Double(means[flatIndex(pixel + [$0], in: shape)]) / 128 - 1 }
        return residuals + mask + left.map { $0 / remaining / 16 } + own
          + left.map { $0 / Double(4 * ratio * ratio) }
      }
      expectClose(
        rows, expected, shape: rows.shape, magnitudes: expected.map { abs($0) + 1 },
        "\(shape) on \(device)")
    }
  }

  /// The same bits on all devices, and from a picture whose later pixels are unknown: NaN shows
  /// whether they are read.
  @Test func onlyEarlierPixelsCount() {
    for (shape, ratio) in Self.cases {
      let reference = Pictures(shape, ratio: ratio, on: .reference)
      let pixels = everyPixel(of: shape, on: .reference)
      let expected = reference.targets.causalContext(
        means: reference.means, inputs: reference.inputs, pixels: pixels)
      let values = reference.targets.scalars
      for device in devices {
        let (means, inputs) = (
          reference.means.copied(to: device), reference.inputs.copied(to: device)
        )
        #expect(
          reference.targets.copied(to: device).causalContext(
            means: means, inputs: inputs, pixels: pixels.copied(to: device)
          ).copied(to: .reference) == expected, "\(shape) on \(device)")
        for pixel in pixels.scalars {
          let (y, x) = (Int(pixel) / shape[2] % shape[1], Int(pixel) % shape[2])
          // Decoded along x + s y: what has a smaller sum is known.
          let step = max(4, ratio)
          let partly = values.enumerated().map { index, value -> Float in
            let other = index / shape[3]
            let isKnown = other % shape[2] + step * (other / shape[2] % shape[1]) < x + step * y
            return isKnown ? value : .nan
          }
          let row = Tensor(partly, shape: shape, on: device).causalContext(
            means: means, inputs: inputs, pixels: Tensor([pixel], on: device))
          #expect(
            row.scalars == expected.sliced(Int(pixel)..<Int(pixel) + 1).scalars,
            "pixel \(pixel) of \(shape) on \(device)")
        }
      }
    }
  }

  /// Without inputs there are no sums; the other numbers are the same.
  @Test(arguments: devices) func withoutInputs(device: Device) {
    let shape: Shape = [2, 5, 7, 3]
    let pictures = Pictures(shape, ratio: 1, on: device)
    let pixels = Tensor<Int32>([0, 69, 33, 33], on: device)
    let rows = pictures.targets.causalContext(means: pictures.means, inputs: nil, pixels: pixels)
    #expect(rows.shape == [4, Tensor<Float>.causalContextWidth(channels: 3, hasInputs: false)])
    let full = pictures.targets.causalContext(
      means: pictures.means, inputs: pictures.inputs, pixels: pixels)
    #expect(rows[..., 0..<96] == full[..., 0..<96])
    #expect(rows[..., 96..<99] == full[..., 99..<102])
  }

  @Test func threadsGiveTheSameBits() {
    let pictures = Pictures([4, 64, 64, 3], ratio: 4, on: .cpu)
    let pixels = everyPixel(of: [4, 64, 64, 3], on: .cpu)
    func rows() -> Tensor<Float> {
      pictures.targets.causalContext(
        means: pictures.means, inputs: pictures.inputs, pixels: pixels)
    }
    #expect(Threads.limited(to: 1, rows) == Threads.limited(to: 3, rows))
  }

  @Test(arguments: [-1, 35, Int32.max]) func pixelsBeyondThePictures(pixel: Int32) async {
    await #expect(processExitsWith: .failure) { [pixel = pixel as Int32] in
      let pictures = Tensor<Float>(repeating: 0, shape: [1, 5, 7, 3])
      _ = pictures.causalContext(means: pictures, inputs: nil, pixels: Tensor([pixel]))
    }
  }

  @Test func inputsOfOtherPictures() async {
    await #expect(processExitsWith: .failure) {
      let pictures = Tensor<Float>(repeating: 0, shape: [1, 8, 8, 3])
      _ = pictures.causalContext(
        means: pictures, inputs: Tensor(repeating: 0, shape: [1, 2, 4, 3]), pixels: Tensor([0]))
    }
  }
}

@Suite struct RandomIntegerTests {
  @Test func belowTheBound() {
    let key = RandomKey(seed: 6, stream: 1)
    for bound in [1, 2, 1000, Int(Int32.max)] {
      let numbers = Tensor<Int32>(randomBelow: bound, shape: [7, 143], key: key)
      #expect(numbers.shape == [7, 143])
      #expect(numbers.scalars.allSatisfy { (0..<bound).contains(Int($0)) })
    }
    // A prefix of the sequence, and every number about as often.
    let many = Tensor<Int32>(randomBelow: 10, shape: [100_000], key: key).scalars
    #expect(Tensor<Int32>(randomBelow: 10, shape: [5], key: key).scalars == Array(many.prefix(5)))
    for number in 0..<10 as Range<Int32> {
      #expect(abs(many.count { $0 == number } - 10_000) < 600)
    }
  }
}
