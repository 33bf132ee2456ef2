public import CajalImages
import CajalTensor
import Foundation

/// Two stains, told apart by their colours.
///
/// Light that passes a stained section is weakened by the law of Beer and Lambert: the optical density
/// `-ln(I / I₀)` of red, green and blue is the sum of the stains' colours, each times its concentration. The
/// colours are found as by Macenko et al., "A method for normalizing histology slides for quantitative analysis" (ISBI
/// 2009): the densities lie near a plane, which the singular value decomposition finds, and in it between two
/// directions, those of the pure stains. The extreme 1 % on either side are taken for noise.
///
/// `I₀` is 255, and concentrations are on a scale where 1 is their 99th percentile.
public struct StainSeparation: Sendable, Hashable, Codable {
  /// The density of red, green and blue at concentration 1: first the stain that takes away the larger share of
  /// red, as blue and violet dyes do, then the other one.
  public let densities: [[Double]]

  /// Stains of known colours.
  ///
  /// - Precondition: `densities` are two colours of three numbers each that do not lie on one line.
  public init(densities: [[Double]]) {
    precondition(
      Self.isUsable(densities), "a separation needs the densities of two different colours")
    self.densities = densities
  }

  /// Decodes stains.
  ///
  /// - Throws: `DecodingError`, also for colours that cannot be told apart.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let densities = try container.decode([[Double]].self, forKey: .densities)
    guard Self.isUsable(densities) else {
      throw DecodingError.dataCorruptedError(
        forKey: .densities, in: container,
        debugDescription: "these are not the densities of two different colours")
    }
    self.init(densities: densities)
  }

  /// Whether two colours can be told apart.
  static func isUsable(_ densities: [[Double]]) -> Bool {
    densities.count == 2
      && densities.allSatisfy { $0.count == 3 && $0.allSatisfy(\.isFinite) }
      && determinant(densities) > 1e-9 * dot(densities[0], densities[0])
        * dot(densities[1], densities[1])
  }

  /// The Gram determinant: the squared area between two colours.
  private static func determinant(_ densities: [[Double]]) -> Double {
    let mixed = dot(densities[0], densities[1])
    return dot(densities[0], densities[0]) * dot(densities[1], densities[1]) - mixed * mixed
  }
}

extension StainSeparation {
  /// Pixels with less density, in the mean of the channels, are taken for glass. (The paper drops what is pale in
  /// any channel, and with it pure dyes that let one colour pass.)
  private static let leastDensity = 0.15
  /// Fewer stained pixels than this say nothing.
  private static let leastCount = 50
  /// The most pixels to look at.
  private static let pixelLimit = 200_000
  /// What is left out on either side, and above, as a fraction.
  private static let outliers = 0.01

  /// Finds the stains of pixels, given as red, green and blue one after the other; `nil` when there are too few
  /// stained pixels or all have one colour.
  ///
  /// Looks at 200,000 of the pixels at most.
  public init?(of pixels: [UInt8]) {
    let stained = Self.stainedDensities(of: pixels)
    guard stained.count >= Self.leastCount,
      let plane = try? Tensor(stained.flatMap { $0 }, shape: [stained.count, 3]).svd(),
      plane.singularValues.scalars[1] > 1e-3 * plane.singularValues.scalars[0]
    else { return nil }
    let axes = plane.vTransposed.scalars
    // Either sign of a singular vector is as good; densities are positive.
    let sign: Double = axes[0] + axes[1] + axes[2] < 0 ? -1 : 1
    let first = axes[0..<3].map { sign * $0 }
    let second = Array(axes[3..<6])
    let angles = stained.map { atan2(Self.dot($0, second), Self.dot($0, first)) }.sorted()
    let colours = [Self.quantile(angles, Self.outliers), Self.quantile(angles, 1 - Self.outliers)]
      .map { angle in
        zip(first, second).map { max(0, cos(angle) * $0 + sin(angle) * $1) }
      }
      .sorted { Self.redShare($0) > Self.redShare($1) }
    guard Self.isUsable(colours) else { return nil }
    let unscaled = StainSeparation(densities: colours)
    let concentrations = stained.map { unscaled.concentrations(ofDensity: $0) }
    let scales = (0..<2).map { stain in
      Self.quantile(concentrations.map { $0[stain] }.sorted(), 1 - Self.outliers)
    }
    guard scales.allSatisfy({ $0 > 1e-3 }) else { return nil }
    self.init(densities: zip(colours, scales).map { colour, scale in colour.map { $0 * scale } })
  }

  private static func stainedDensities(of pixels: [UInt8]) -> [[Double]] {
    let count = pixels.count / 3
    let step = max(1, (count + pixelLimit - 1) / pixelLimit)
    return stride(from: 0, to: count, by: step).compactMap { pixel in
      let density = pixels[(3 * pixel)..<(3 * pixel + 3)].map { densityOfValue[Int($0)] }
      return density.reduce(0, +) >= 3 * leastDensity ? density : nil
    }
  }

  /// The optical density of each value; 0 counts as 1, which still lets some light pass.
  private static let densityOfValue: [Double] = (0..<256).map { -log(Double(max($0, 1)) / 255) }

  private static func quantile(_ sorted: [Double], _ fraction: Double) -> Double {
    sorted[Int((fraction * Double(sorted.count - 1)).rounded())]
  }

  private static func redShare(_ colour: [Double]) -> Double {
    colour[0] / max(colour.reduce(0, +), 1e-12)
  }

  private static func dot(_ left: [Double], _ right: [Double]) -> Double {
    zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
  }
}

extension StainSeparation {
  /// The concentrations of the two stains that come nearest to a density, by least squares.
  private func concentrations(ofDensity density: [Double]) -> [Double] {
    solver.map { Self.dot($0, density) }
  }

  /// The pseudo-inverse: a row for each stain.
  private var solver: [[Double]] {
    let (a, b) = (densities[0], densities[1])
    let (aa, ab, bb) = (Self.dot(a, a), Self.dot(a, b), Self.dot(b, b))
    let determinant = Self.determinant(densities)
    return [
      zip(a, b).map { (bb * $0 - ab * $1) / determinant },
      zip(a, b).map { (aa * $1 - ab * $0) / determinant },
    ]
  }

  /// How much there is of one stain, as a grey picture: white without it, black at concentration 1 and above.
  ///
  /// - Parameters:
  ///   - stain: 0 or 1, the place in ``densities``.
  ///   - image: a picture in red, green and blue.
  public func picture(ofStain stain: Int = 0, in image: Image) -> Image {
    precondition(stain == 0 || stain == 1, "there are two stains, 0 and 1")
    precondition(image.channels == 3, "stains are told apart by colour")
    let weights = solver[stain]
    let tables = weights.map { weight in Self.densityOfValue.map { weight * $0 } }
    let pixels = [UInt8](unsafeUninitializedCapacity: image.width * image.height) { buffer, count in
      image.pixels.withUnsafeBufferPointer { source in
        for pixel in 0..<(image.width * image.height) {
          let concentration =
            tables[0][Int(source[3 * pixel])] + tables[1][Int(source[3 * pixel + 1])]
            + tables[2][Int(source[3 * pixel + 2])]
          buffer[pixel] = UInt8((255 * (1 - min(max(concentration, 0), 1))).rounded())
        }
      }
      count = image.width * image.height
    }
    return Image(width: image.width, height: image.height, channels: 1, pixels: pixels)
  }
}
