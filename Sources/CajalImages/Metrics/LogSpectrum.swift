import CajalPlatform
import CajalSupport

/// The mean log power spectrum of a set of pictures, for the log-spectral distance between sets.
///
/// Spectra are those of the luma 0.299 R + 0.587 G + 0.114 B in square segments that overlap by half
/// (Welch 1967), so that pictures of any size can be compared. A segment's mean is subtracted, the
/// rest multiplied by a periodic Hann window along both axes, and the squared magnitude of its
/// discrete Fourier transform divided by the sum of the squared window: white noise has its variance
/// at every frequency. 10 log₁₀(power + 10⁻³) is averaged over the segments of all pictures; the
/// 10⁻³ squared gray levels, a fraction of the power of rounding to 8 bits, keep flat segments
/// finite.
public struct LogSpectrum: Sendable {
  /// The side of a segment in pixels: 32, or 16 or 8 where the shortest side of a picture is less.
  public let side: Int
  /// The number of segments.
  public let segmentCount: Int
  /// The mean log power in dB, `[side, side / 2 + 1]`: the other half is symmetric.
  private let decibels: [Double]

  /// Averages the log power spectra of pictures, which may have different sizes.
  ///
  /// - Returns: nil without pictures, or for a picture with a side shorter than 8.
  public init?(_ pictures: [Image]) {
    let shortest = pictures.map { min($0.width, $0.height) }.min() ?? 0
    guard let side = [32, 16, 8].first(where: { $0 <= shortest }) else { return nil }
    self.side = side
    let transform = WindowedTransform(side: side)
    var sums = [Double](repeating: 0, count: side * (side / 2 + 1))
    var count = 0
    for picture in pictures {
      for y in stride(from: 0, through: picture.height - side, by: side / 2) {
        for x in stride(from: 0, through: picture.width - side, by: side / 2) {
          let powers = transform.powers(of: picture.lumas(x: x, y: y, side: side))
          for (index, power) in powers.enumerated() { sums[index] += 10 * log10(power + 1e-3) }
          count += 1
        }
      }
    }
    segmentCount = count
    decibels = sums.map { $0 / Double(count) }
  }

  /// The log-spectral distance in dB (Gray and Markel 1976), 0 or more: the root of the mean, over
  /// all frequencies but 0, of the squared difference of the spectra.
  ///
  /// Two sets of n and m segments of the same random texture are about 5.6 √(1/n + 1/m) dB apart,
  /// as 5.6 dB is the standard deviation of the log power of noise.
  ///
  /// Traps unless the segments of both sets have the same side.
  public func distance(to other: LogSpectrum) -> Double {
    require(side == other.side, "spectra that are compared have segments of the same side")
    let half = side / 2
    var total = 0.0
    for index in decibels.indices.dropFirst() {
      let column = index % (half + 1)
      let difference = decibels[index] - other.decibels[index]
      // All columns but the first and the last stand for the symmetric ones too.
      total += difference * difference * (column == 0 || column == half ? 1 : 2)
    }
    return (total / Double(side * side - 1)).squareRoot()
  }
}

extension Image {
  /// The luma of a square in gray levels, row after row.
  fileprivate func lumas(x: Int, y: Int, side: Int) -> [Double] {
    var lumas: [Double] = []
    lumas.reserveCapacity(side * side)
    for row in y..<y + side {
      for column in x..<x + side {
        let start = (row * width + column) * channels
        lumas.append(Double(Luma.thousandths(of: pixels, at: start, channels: channels)) / 1000)
      }
    }
    return lumas
  }
}

/// The power spectrum of square segments of one side.
private struct WindowedTransform {
  let side: Int
  /// The window along one axis, with a mean square of 1 for both axes together.
  private let window: [Double]
  private let cosines: [Double]
  private let sines: [Double]

  init(side: Int) {
    self.side = side
    let angles = (0..<side).map { 2 * .pi * Double($0) / Double(side) }
    cosines = angles.map { cos($0) }
    sines = angles.map { sin($0) }
    let hann = angles.map { (1 - cos($0)) / 2 }
    let norm = hann.reduce(0) { $0 + $1 * $1 }.squareRoot()
    window = hann.map { $0 / norm }
  }

  /// The powers `[side, side / 2 + 1]` of the values `[side, side]`.
  func powers(of values: [Double]) -> [Double] {
    let half = side / 2 + 1
    let mean = values.reduce(0, +) / Double(values.count)
    // Along the rows, `[column frequency, row]`.
    var real = [Double](repeating: 0, count: half * side)
    var imaginary = real
    for row in 0..<side {
      for frequency in 0..<half {
        var (re, im) = (0.0, 0.0)
        for column in 0..<side {
          let value = window[row] * window[column] * (values[row * side + column] - mean)
          let angle = frequency * column % side
          re += value * cosines[angle]
          im -= value * sines[angle]
        }
        real[frequency * side + row] = re
        imaginary[frequency * side + row] = im
      }
    }
    var powers = [Double](repeating: 0, count: side * half)
    for column in 0..<half {
      for frequency in 0..<side {
        var (re, im) = (0.0, 0.0)
        for row in 0..<side {
          let (a, b) = (real[column * side + row], imaginary[column * side + row])
          let angle = frequency * row % side
          re += a * cosines[angle] + b * sines[angle]
          im += b * cosines[angle] - a * sines[angle]
        }
        powers[frequency * half + column] = re * re + im * im
      }
    }
    return powers
  }
}
