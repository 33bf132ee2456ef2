import Foundation
import Testing

@testable import CajalImages

/// Distances between sets of pictures. Numbers are those of `NumPy/measures.py`.
@Suite struct SetMeasuresTests {
  /// A pattern with noise of 64 - `shift` bits.
  private func pictures(
    _ seed: UInt64, shift: UInt64, count: Int, width: Int, height: Int, channels: Int
  ) -> [Image] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in
      var pixels: [UInt8] = []
      for y in 0..<height {
        for x in 0..<width {
          for channel in 0..<channels {
            let pattern = 100 + 7 * ((x * x + 3 * y) % 13) + 10 * channel
            pixels.append(UInt8(pattern + Int(random.next() >> shift)))
          }
        }
      }
      return Image(width: width, height: height, channels: channels, pixels: pixels)
    }
  }

  private func color(_ seed: UInt64, shift: UInt64) -> [Image] {
    pictures(seed, shift: shift, count: 3, width: 50, height: 48, channels: 3)
  }

  private func gray(_ seed: UInt64, shift: UInt64) -> [Image] {
    pictures(seed, shift: shift, count: 2, width: 20, height: 23, channels: 1)
  }

  @Test func slicedWassersteinDistanceIsThatOfNumPy() throws {
    for (first, second, expected) in [
      (color(1, shift: 59), color(2, shift: 61), 1.336719747),
      (gray(3, shift: 58), gray(4, shift: 60), 4.117852413),
    ] {
      let (a, b) = (try #require(PatchProjections(first)), try #require(PatchProjections(second)))
      #expect(abs(a.distance(to: b) - expected) < 1e-5 * expected)
      #expect(a.distance(to: b) == b.distance(to: a) && a.distance(to: a) == 0)
    }
    #expect(PatchProjections(gray(3, shift: 58))?.patchCount == 2 * 14 * 17)
  }

  @Test func logSpectralDistanceIsThatOfNumPy() throws {
    for (first, second, side, expected) in [
      (color(1, shift: 59), color(2, shift: 61), 32, 2.591426264),
      (gray(3, shift: 58), gray(4, shift: 60), 16, 5.908223469),
    ] {
      let (a, b) = (try #require(LogSpectrum(first)), try #require(LogSpectrum(second)))
      #expect(a.side == side && a.segmentCount == (side == 32 ? 12 : 2))
      #expect(abs(a.distance(to: b) - expected) < 1e-8)
      #expect(a.distance(to: b) == b.distance(to: a) && a.distance(to: a) == 0)
    }
  }

  /// The finest level is what the coarser ones lack: nothing of a constant.
  @Test func theLaplacianOfAConstantIsZero() {
    for (width, height) in [(7, 7), (8, 11), (32, 9)] {
      let image = Image(width: width, height: height, channels: 3, filledWith: 201)
      #expect(image.finestLaplacianLevel.allSatisfy { $0 == 0 })
    }
  }

  @Test func picturesThatAreTooSmallHaveNoDistances() {
    let narrow = [Image(width: 6, height: 40, channels: 1)]
    #expect(PatchProjections(narrow) == nil && PatchProjections([]) == nil)
    #expect(LogSpectrum(narrow) == nil && LogSpectrum([]) == nil)
    #expect(PatchProjections([Image(width: 7, height: 7, channels: 1)])?.patchCount == 1)
    #expect(LogSpectrum([Image(width: 8, height: 31, channels: 1)])?.side == 8)
  }

  /// A flat set has the spectrum of the floor and is far from noise, but not infinitely.
  @Test func flatPicturesHaveAFiniteSpectrum() throws {
    let flat = try #require(LogSpectrum([Image(width: 20, height: 23, channels: 1)]))
    let noise = try #require(LogSpectrum(gray(3, shift: 58)))
    #expect(flat.distance(to: noise).isFinite && flat.distance(to: noise) > 40)
  }

  @Test func equalSharesCountSubPixels() {
    let a = Image(width: 2, height: 1, channels: 3, pixels: [1, 2, 3, 4, 5, 6])
    let b = Image(width: 2, height: 1, channels: 3, pixels: [1, 2, 0, 4, 0, 0])
    #expect(ImageMetrics.equalShare([a], [b]) == 0.5)
    #expect(ImageMetrics.equalShare([a, a], [b, a]) == 0.75)
  }

  /// 10 log₁₀ 255² = 48.13 dB is the ratio of errors of 1; an exact picture counts 30 dB more.
  @Test func theMeanRatioIsOfPictures() {
    let a = Image(width: 2, height: 2, channels: 1, filledWith: 9)
    let b = Image(width: 2, height: 2, channels: 1, filledWith: 10)
    #expect(abs(ImageMetrics.meanPSNR([a, a], [b, a]) - (48.130_803_6 + 15)) < 1e-6)
  }
}
