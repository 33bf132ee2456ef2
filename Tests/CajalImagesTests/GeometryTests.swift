import CajalImages
import Testing

@Suite struct GeometryTests {
  /// 0 1 2
  /// 3 4 5
  static let numbered = Image(width: 3, height: 2, channels: 1, pixels: [0, 1, 2, 3, 4, 5])

  @Test func transformsMoveEachPixelAsNamed() {
    let expected: [(DihedralTransform, [UInt8])] = [
      (.identity, [0, 1, 2, 3, 4, 5]), (.rotated90, [2, 5, 1, 4, 0, 3]),
      (.rotated180, [5, 4, 3, 2, 1, 0]), (.rotated270, [3, 0, 4, 1, 5, 2]),
      (.mirrored, [2, 1, 0, 5, 4, 3]), (.flipped, [3, 4, 5, 0, 1, 2]),
      (.transposed, [0, 3, 1, 4, 2, 5]), (.antitransposed, [5, 2, 4, 1, 3, 0]),
    ]
    for (transform, pixels) in expected {
      let transformed = Self.numbered.transformed(by: transform)
      #expect(transformed.pixels == pixels, "\(transform)")
      #expect((transformed.width == 2) == transform.swapsSides)
    }
  }

  @Test func transformsAreAGroupWithInverses() {
    var generator = SplitMix64(seed: 7)
    let image = Image.random(width: 5, height: 5, channels: 3, using: &generator)
    let all = Set(DihedralTransform.allCases.map { image.transformed(by: $0) })
    #expect(all.count == 8)
    for first in DihedralTransform.allCases {
      let once = image.transformed(by: first)
      #expect(once.transformed(by: first.inverse) == image)
      for second in DihedralTransform.allCases {
        #expect(all.contains(once.transformed(by: second)))
      }
    }
  }

  @Test func croppingTakesEveryRectangle() {
    var generator = SplitMix64(seed: 8)
    let image = Image.random(width: 4, height: 3, channels: 3, using: &generator)
    for x in 0..<4 {
      for y in 0..<3 {
        for width in 1...4 - x {
          for height in 1...3 - y {
            let cropped = image.cropped(x: x, y: y, width: width, height: height)
            for row in 0..<height {
              for column in 0..<width {
                for channel in 0..<3 {
                  #expect(cropped[column, row, channel] == image[x + column, y + row, channel])
                }
              }
            }
          }
        }
      }
    }
  }

  @Test func averagesAreTruncated() {
    let image = Image(width: 4, height: 2, channels: 1, pixels: [0, 0, 255, 255, 0, 3, 255, 254])
    #expect(image.averaged(factor: 2).pixels == [0, 254])
    #expect(image.averaged(factor: 1) == image)
  }

  @Test(arguments: [1, 2, 3, 4])
  func averagesAreTheFloorOfTheMean(factor: Int) {
    var generator = SplitMix64(seed: 9)
    for channels in [1, 3] {
      let image = Image.random(
        width: 5 * factor, height: 3 * factor, channels: channels, using: &generator)
      let small = image.averaged(factor: factor)
      for y in 0..<3 {
        for x in 0..<5 {
          for channel in 0..<channels {
            var sum = 0
            for dy in 0..<factor {
              for dx in 0..<factor {
                sum += Int(image[x * factor + dx, y * factor + dy, channel])
              }
            }
            #expect(Int(small[x, y, channel]) == sum / (factor * factor))
          }
        }
      }
    }
  }

  @Test func lumaIsRoundedWithHalvesUpwards() {
    // 0.299 R + 0.587 G + 0.114 B: 299 / 1000 · 5 = 1.495, 114 / 1000 · 250 = 28.5.
    let image = Image(
      width: 4, height: 1, channels: 3, pixels: [5, 0, 0, 0, 0, 250, 255, 255, 255, 0, 1, 0])
    #expect(image.converted(toChannels: 1).pixels == [1, 29, 255, 1])
    let gray = image.converted(toChannels: 1)
    #expect(gray.converted(toChannels: 3).converted(toChannels: 1) == gray)
  }

  @Test func standardDeviationOfLumaIsThatOfItsDefinition() {
    var generator = SplitMix64(seed: 10)
    for channels in [1, 3] {
      let image = Image.random(width: 13, height: 7, channels: channels, using: &generator)
      let part = image.cropped(x: 2, y: 3, width: 6, height: 4)
      let lumas = (0..<24).map { pixel -> Double in
        let start = pixel * channels
        let values = (0..<3).map { Double(part.pixels[start + min($0, channels - 1)]) }
        return 0.299 * values[0] + 0.587 * values[1] + 0.114 * values[2]
      }
      let mean = lumas.reduce(0, +) / 24
      let variance = lumas.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 24
      let standardDeviation = image.lumaStandardDeviation(x: 2, y: 3, width: 6, height: 4)
      #expect(abs(standardDeviation - variance.squareRoot()) < 1e-9)
      #expect(part.lumaStandardDeviation == standardDeviation)
    }
    #expect(Image(width: 9, height: 9, channels: 3, filledWith: 77).lumaStandardDeviation == 0)
  }

  @Test func rectanglesOutsideTrap() async {
    await #expect(processExitsWith: .failure) {
      _ = Image(width: 4, height: 4, channels: 1).cropped(x: 1, y: 0, width: 4, height: 1)
    }
    await #expect(processExitsWith: .failure) {
      _ = Image(width: 4, height: 4, channels: 1)[4, 0, 0]
    }
    await #expect(processExitsWith: .failure) {
      _ = Image(width: 4, height: 4, channels: 1).averaged(factor: 3)
    }
  }
}
