import CajalTensor
import Foundation

extension StainSeparation {
  /// The reasons why no two stains are found.
  public enum Failure: String, Error, Sendable, Hashable, Codable, CaseIterable {
    /// Too few pixels are stained to tell.
    case hardlyStained = "hardly_stained"
    /// Absorption is equal for all colors.
    case gray = "grey"
    /// All colors are those of one stain, up to noise.
    case oneStain = "one_stain"
    /// Most pixels are dark, as in dark-field and fluorescence pictures, where dyes send out light.
    case darkField = "dark_field"
  }

  /// Pixels with less density, in the mean of the channels, are taken for glass. (The paper drops
  /// what is pale in any channel, and with it pure dyes that let one color pass.)
  private static let leastDensity = 0.15
  /// The minimum number of stained pixels.
  private static let leastCount = 50
  /// The maximum number of pixels to use.
  private static let pixelLimit = 200_000
  /// The fraction of outliers on either side, and above.
  private static let outliers = 0.01
  /// The smallest angle between the colors of two stains, in degrees.
  ///
  /// Pairs of dyes in use are further apart: hematoxylin and eosin 22° (Macenko's) to 40°
  /// (Ruifrok and Johnston's), hematoxylin and diaminobenzidine 37°. One dye seems to be two that
  /// are closer: with noise of standard deviation 1.5 in each value 4° apart, with 3 9° and with 5
  /// 15°; after JPEG with halved color planes 15° to 17°; real Nissl and in situ hybridization
  /// sections 16° to 19°.
  static let smallestAngle = 20.0
  /// The maximum ratio of the spread across the plane of the stains to that within it: noise
  /// spreads both ways alike (0.75 to 0.95 of it), two stains along the plane (0.05 to 0.45).
  private static let mostAcross = 2.0 / 3
  /// The largest angle, in degrees, between gray and the color of what is called gray.
  private static let grayAngle = 5.0
  /// Values up to this are dark. Half of the pixels are this dark in all channels only where there
  /// is no light behind the section: the median of the brightest channel is 8 to 70 in dark-field
  /// and 165 to 232 in absorption pictures.
  private static let darkest: UInt8 = 96

  /// Finds the stains of pixels, given as red, green and blue one after the other; `nil` where
  /// ``init(finding:)`` throws.
  public init?(of pixels: [UInt8]) {
    guard let found = try? StainSeparation(finding: pixels) else { return nil }
    self = found
  }

  /// Finds the stains of pixels, given as red, green and blue one after the other.
  ///
  /// Looks at 200,000 of the pixels at most.
  ///
  /// - Throws: ``Failure`` where there are no two stains whose colors are at least 20° apart.
  public init(finding pixels: [UInt8]) throws(Failure) {
    let sample = Self.sample(of: pixels)
    let stained = sample.map { $0.map { Self.densityOfValue[Int($0)] } }
      .filter { $0.reduce(0, +) >= 3 * Self.leastDensity }
    guard stained.count >= Self.leastCount else { throw .hardlyStained }
    let isDark = sample.count { $0.allSatisfy { $0 <= Self.darkest } } > sample.count / 2
    guard !isDark else { throw .darkField }
    let plane = try StainPlane(stained)
    let isGray = StainPlane.angle(plane.first, [1, 1, 1]) <= Self.grayAngle
    let colors = plane.extremes(of: stained, outliers: Self.outliers)
      .sorted { Self.redShare($0) > Self.redShare($1) }
    guard Self.isUsable(colors), plane.across <= Self.mostAcross * plane.along,
      StainPlane.angle(colors[0], colors[1]) >= Self.smallestAngle
    else { throw isGray ? .gray : .oneStain }
    let unscaled = StainSeparation(densities: colors)
    let concentrations = stained.map { unscaled.concentrations(ofDensity: $0) }
    let scales = (0..<2).map { stain in
      StainPlane.quantile(concentrations.map { $0[stain] }.sorted(), 1 - Self.outliers)
    }
    guard scales.allSatisfy({ $0 > 1e-3 }) else { throw .oneStain }
    self.init(densities: zip(colors, scales).map { color, scale in color.map { $0 * scale } })
  }

  /// An evenly spaced sample of the pixels.
  private static func sample(of pixels: [UInt8]) -> [[UInt8]] {
    let count = pixels.count / 3
    let step = max(1, (count + pixelLimit - 1) / pixelLimit)
    return stride(from: 0, to: count, by: step).map { Array(pixels[(3 * $0)..<(3 * $0 + 3)]) }
  }

  private static func redShare(_ color: [Double]) -> Double {
    color[0] / max(color.reduce(0, +), 1e-12)
  }
}

extension StainSeparation.Failure: CustomStringConvertible {
  /// A description of the pixels, in words that follow "none: ".
  public var description: String {
    switch self {
    case .hardlyStained: "hardly any pixel is stained"
    case .gray: "the pixels are gray, without a dye that takes one color more than another"
    case .oneStain: "the pixels show only one dye, or two whose colors are less than 20° apart"
    case .darkField:
      "these are not absorption pictures: most pixels are dark, as in dark-field and fluorescence "
        + "pictures"
    }
  }
}

/// The best-fitting plane through the origin.
private struct StainPlane {
  /// The direction of the densities' main part; positive in sum.
  let first: [Double]
  /// The direction across it in which they spread most.
  private let second: [Double]
  /// The spread in that direction, and in the last one, across the plane.
  let along: Double, across: Double

  init(_ densities: [[Double]]) throws(StainSeparation.Failure) {
    guard
      let parts = try? Tensor(densities.flatMap { $0 }, shape: [densities.count, 3]).svd()
    else { throw .oneStain }
    let axes = parts.vTransposed.scalars
    // Either sign of a singular vector is as good; densities are positive.
    let sign: Double = axes[0] + axes[1] + axes[2] < 0 ? -1 : 1
    first = axes[0..<3].map { sign * $0 }
    second = Array(axes[3..<6])
    (along, across) = (parts.singularValues.scalars[1], parts.singularValues.scalars[2])
  }

  /// The outermost directions of the densities in the plane, but for a share of `outliers` on
  /// either side; no color is negative.
  func extremes(of densities: [[Double]], outliers: Double) -> [[Double]] {
    let angles = densities.map {
      atan2(StainSeparation.dot($0, second), StainSeparation.dot($0, first))
    }.sorted()
    return [Self.quantile(angles, outliers), Self.quantile(angles, 1 - outliers)].map { angle in
      zip(first, second).map { max(0, cos(angle) * $0 + sin(angle) * $1) }
    }
  }

  static func quantile(_ sorted: [Double], _ fraction: Double) -> Double {
    sorted[Int((fraction * Double(sorted.count - 1)).rounded())]
  }

  /// The angle between two colors in degrees.
  static func angle(_ left: [Double], _ right: [Double]) -> Double {
    let lengths = StainSeparation.dot(left, left) * StainSeparation.dot(right, right)
    let cosine = StainSeparation.dot(left, right) / max(lengths, 1e-300).squareRoot()
    return acos(min(max(cosine, -1), 1)) * 180 / .pi
  }
}
