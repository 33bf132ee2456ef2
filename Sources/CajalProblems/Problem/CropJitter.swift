import CajalSupport
import CajalImages
import CajalTensor
import Foundation

/// Random changes of training crops beside flips and rotations, each off where its range is 0.
///
/// They are made in the order of the properties, before the input is made of the crop, so that input
/// and target change together. Values are rounded and cut off at 0 and 255 once, at the end.
public struct CropJitter: Sendable, Hashable {
  /// The range of scales: a crop of 1 ± `scaling` times the size is resampled to the size by
  /// Lanczos, whose window widens where pictures become smaller. Larger crops than the tile are as
  /// large as the tile.
  public internal(set) var scaling = 0.0
  /// The range of factors, 1 ± `opticalDensity`, of the optical densities: `v / 255` becomes
  /// `(v / 255)^factor`, with a factor for each channel. Like the variation of stains of Tellez et
  /// al. 2019, with the channels in place of separated stains.
  public internal(set) var opticalDensity = 0.0
  /// The range of factors, 1 ± `gain`, of the values of all channels.
  public internal(set) var gain = 0.0
  /// The range of what is then added to them, ± `offset`.
  public internal(set) var offset = 0.0
  /// The largest standard deviation of Gaussian noise, independent in each value. A crop's standard
  /// deviation is uniformly distributed from 0 to it.
  public internal(set) var noise = 0.0

  /// Amplitudes: `scaling` and `opticalDensity` and `gain` below 1, `offset` and `noise` at most
  /// 255.
  public init(
    scaling: Double = 0, opticalDensity: Double = 0, gain: Double = 0, offset: Double = 0,
    noise: Double = 0
  ) {
    require(
      [scaling, opticalDensity, gain].allSatisfy(Self.fractions.contains),
      "ranges of factors are at least 0 and below 1")
    require(
      [offset, noise].allSatisfy(Self.levels.contains), "offset and noise are from 0 to 255")
    (self.scaling, self.opticalDensity) = (scaling, opticalDensity)
    (self.gain, self.offset, self.noise) = (gain, offset, noise)
  }

  static let fractions = 0.0..<1.0
  static let levels = 0.0...255.0
}

extension CropJitter {
  /// The size of the part of a tile that becomes a crop of a shape.
  func size(
    of crop: PixelShape, in tile: Image, using random: inout RandomStream
  ) -> (width: Int, height: Int) {
    guard scaling > 0 else { return (crop.width, crop.height) }
    let factor = min(
      1 + random.next(within: scaling), Double(tile.width) / Double(crop.width),
      Double(tile.height) / Double(crop.height))
    func scaled(_ side: Int) -> Int { max(1, Int((factor * Double(side)).rounded())) }
    return (scaled(crop.width), scaled(crop.height))
  }

  /// The crop with other values.
  func changingValues(of crop: Image, using random: inout RandomStream) -> Image {
    guard opticalDensity > 0 || gain > 0 || offset > 0 || noise > 0 else { return crop }
    let densityFactors = (0..<crop.channels).map { _ in
      opticalDensity > 0 ? 1 + random.next(within: opticalDensity) : 1
    }
    let factor = gain > 0 ? 1 + random.next(within: gain) : 1
    let added = offset > 0 ? random.next(within: offset) : 0
    let deviation = noise > 0 ? noise * Double(random.nextUniform()) : 0
    let tables = densityFactors.map { exponent in
      (0...255).map { factor * 255 * pow(Double($0) / 255, exponent) + added }
    }
    var pixels = crop.pixels
    for index in pixels.indices {
      var value = tables[index % crop.channels][Int(pixels[index])]
      if deviation > 0 { value += deviation * random.nextNormal() }
      pixels[index] = UInt8(min(max(value.rounded(), 0), 255))
    }
    return Image(
      width: crop.width, height: crop.height, channels: crop.channels, pixels: pixels)
  }
}

extension RandomStream {
  /// The next number in [-amplitude, amplitude).
  fileprivate mutating func next(within amplitude: Double) -> Double {
    amplitude * (2 * Double(nextUniform()) - 1)
  }

  /// The next number of a standard normal distribution, by Box and Muller (1958).
  fileprivate mutating func nextNormal() -> Double {
    let radius = (-2 * log((Double(nextWord()) + 1) * 0x1p-32)).squareRoot()
    return radius * cos(2 * .pi * Double(nextWord()) * 0x1p-32)
  }
}
