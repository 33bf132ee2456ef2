import CajalSupport
import CajalPlatform

/// Similarity metrics of two pictures of the same size.
public enum ImageMetrics {
  /// The side of the square window of `ssim`, and so the minimum side of a picture.
  public static let ssimWindow = 11

  /// The peak signal-to-noise ratio in decibels, 10 log₁₀(255² / MSE), where MSE is the mean
  /// squared difference over all values; infinity for equal pictures.
  ///
  /// Traps unless the pictures have the same sides and channels.
  public static func psnr(_ first: Image, _ second: Image) -> Double {
    psnr(meanSquaredError: meanSquaredError(first, second), range: 255)
  }

  /// The peak signal-to-noise ratio in decibels, 10 log₁₀(range² / MSE); infinity for an error of
  /// 0.
  ///
  /// For several pictures, use the mean of their errors, which an exact picture does not make
  /// infinite.
  public static func psnr(meanSquaredError: Double, range: Int) -> Double {
    10 * log10(Double(range) * Double(range) / meanSquaredError)
  }

  /// The mean squared difference over all values.
  ///
  /// Traps unless the pictures have the same sides and channels.
  public static func meanSquaredError(_ first: Image, _ second: Image) -> Double {
    require(
      first.width == second.width && first.height == second.height
        && first.channels == second.channels, Self.differentForms)
    return meanSquaredError(first.pixels, second.pixels)
  }

  /// The mean squared difference over all values, of red, green and blue if one of the pictures is
  /// in color.
  ///
  /// Traps unless the pictures have the same sides and bit depth.
  public static func meanSquaredError(_ first: DeepImage, _ second: DeepImage) -> Double {
    let (first, second) = inSameForm(first, second)
    return meanSquaredError(first.values, second.values)
  }

  private static func meanSquaredError<Value: FixedWidthInteger & UnsignedInteger>(
    _ first: [Value], _ second: [Value]
  ) -> Double {
    var total = 0.0
    // Exact partial sums, which 32-bit squares cannot overflow.
    for start in stride(from: 0, to: first.count, by: 1 << 20) {
      var squares = 0
      for index in start..<min(start + 1 << 20, first.count) {
        let difference = Int(first[index]) - Int(second[index])
        squares += difference * difference
      }
      total += Double(squares)
    }
    return total / Double(first.count)
  }

  /// The structural similarity of Wang, Bovik, Sheikh and Simoncelli (2004): the mean over all
  /// places of the window within the picture and over the channels, at most 1, which only equal
  /// pictures reach.
  ///
  /// The window is a Gaussian of 11 × 11 values with σ = 1.5 and the constants are K₁ = 0.01,
  /// K₂ = 0.03 and L = 255, as in the paper; variances are those of the population.
  ///
  /// Traps unless the pictures have the same sides and channels.
  ///
  /// - Returns: nil for a picture with a side shorter than the window.
  public static func ssim(_ first: Image, _ second: Image) -> Double? {
    require(first.channels == second.channels, Self.differentForms)
    return ssim(DeepImage(first), DeepImage(second), range: 255)
  }

  /// The structural similarity of pictures whose values have a given range, the L of the paper; of
  /// red, green and blue if one of the pictures is in color.
  ///
  /// Traps unless the pictures have the same sides and bit depth, and the range is positive.
  ///
  /// - Returns: nil for a picture with a side shorter than the window.
  public static func ssim(_ first: DeepImage, _ second: DeepImage, range: Int) -> Double? {
    require(range > 0, "The range of values is positive.")
    let (first, second) = inSameForm(first, second)
    guard min(first.width, first.height) >= ssimWindow else { return nil }
    let total = (0..<first.channels).reduce(0.0) { total, channel in
      total + ssim(Plane(first, channel), Plane(second, channel), range: Double(range))
    }
    return total / Double(first.channels)
  }

  private static let differentForms =
    "Pictures that are compared have the same sides, channels and bit depth."

  private static func inSameForm(
    _ first: DeepImage, _ second: DeepImage
  ) -> (DeepImage, DeepImage) {
    require(
      first.width == second.width && first.height == second.height
        && first.bitDepth == second.bitDepth, Self.differentForms)
    return first.channels == second.channels
      ? (first, second) : (first.inColor(), second.inColor())
  }

  private static func ssim(_ first: Plane, _ second: Plane, range: Double) -> Double {
    let meanA = first.smoothed()
    let meanB = second.smoothed()
    let squareA = first.multiplied(by: first).smoothed()
    let squareB = second.multiplied(by: second).smoothed()
    let product = first.multiplied(by: second).smoothed()
    let (c1, c2) = (0.01 * range * 0.01 * range, 0.03 * range * 0.03 * range)
    var total = 0.0
    for i in meanA.values.indices {
      let (a, b) = (meanA.values[i], meanB.values[i])
      let varianceA = squareA.values[i] - a * a
      let varianceB = squareB.values[i] - b * b
      let covariance = product.values[i] - a * b
      total +=
        (2 * a * b + c1) * (2 * covariance + c2)
        / ((a * a + b * b + c1) * (varianceA + varianceB + c2))
    }
    return total / Double(meanA.values.count)
  }
}

/// One channel of a picture in double precision.
private struct Plane {
  var width: Int
  var height: Int
  var values: [Double]

  init(_ image: DeepImage, _ channel: Int) {
    width = image.width
    height = image.height
    values = stride(from: channel, to: image.values.count, by: image.channels).map {
      Double(image.values[$0])
    }
  }

  func multiplied(by other: Plane) -> Plane {
    var product = self
    for i in values.indices { product.values[i] *= other.values[i] }
    return product
  }

  /// The Gaussian mean of each window that lies within the plane.
  func smoothed() -> Plane {
    var smoothed = self
    smoothed.width = width - ImageMetrics.ssimWindow + 1
    smoothed.height = height - ImageMetrics.ssimWindow + 1
    let rows = Self.smooth(values, rows: height, from: width, to: smoothed.width, tapStep: 1)
    smoothed.values = Self.smooth(
      rows, rows: smoothed.height, from: smoothed.width, to: smoothed.width,
      tapStep: smoothed.width)
    return smoothed
  }

  /// Each output row is the weighted sum of parts of the input that start at its own row (rows are
  /// `inputLength` apart) and then `tapStep` further for each weight.
  private static func smooth(
    _ values: [Double], rows: Int, from inputLength: Int, to outputLength: Int, tapStep: Int
  ) -> [Double] {
    var smoothed = [Double](repeating: 0, count: rows * outputLength)
    smoothed.withUnsafeMutableBufferPointer { output in
      values.withUnsafeBufferPointer { input in
        for row in 0..<rows {
          for (tap, weight) in gaussian.enumerated() {
            let (source, target) = (row * inputLength + tap * tapStep, row * outputLength)
            for x in 0..<outputLength { output[target + x] += weight * input[source + x] }
          }
        }
      }
    }
    return smoothed
  }

  /// The weights of the window along one side; they sum to 1.
  private static let gaussian: [Double] = {
    let half = ImageMetrics.ssimWindow / 2
    let weights = (-half...half).map { exp(-Double($0 * $0) / (2 * 1.5 * 1.5)) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }()
}
