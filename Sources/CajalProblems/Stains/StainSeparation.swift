import CajalSupport
public import CajalImages
import Foundation

/// Two stains, separated by their colors.
///
/// Light that passes a stained section is weakened by the law of Beer and Lambert: the optical
/// density `-ln(I / I₀)` of red, green and blue is the sum of the stains' colors, each times its
/// concentration. The colors are found as by Macenko et al., "A method for normalizing histology
/// slides for quantitative analysis" (ISBI 2009): the densities lie near a plane, which the
/// singular value decomposition finds, and in it between two directions, those of the pure stains.
/// The extreme 1 % on either side are taken for noise. Pictures of one dye, of none, and of light
/// rather than of its absorption have no such directions; see ``Failure``.
///
/// `I₀` is 255, and concentrations are on a scale where 1 is their 99th percentile.
public struct StainSeparation: Sendable, Hashable, Codable {
  /// The density of red, green and blue at concentration 1: first the stain that takes away the
  /// larger share of red, as blue and violet dyes do, then the other one.
  public let densities: [[Double]]

  /// Stains of known colors.
  ///
  /// - Precondition: `densities` are two colors of three numbers each that do not lie on one line.
  public init(densities: [[Double]]) {
    require(
      Self.isUsable(densities), "a separation needs the densities of two different colors")
    self.densities = densities
  }

  /// Decodes stains.
  ///
  /// - Throws: `DecodingError`, also for colors that cannot be separated.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let densities = try container.decode([[Double]].self, forKey: .densities)
    guard Self.isUsable(densities) else {
      throw DecodingError.dataCorruptedError(
        forKey: .densities, in: container,
        debugDescription: "these are not the densities of two different colors")
    }
    self.init(densities: densities)
  }

  /// Whether two colors are linearly independent enough.
  static func isUsable(_ densities: [[Double]]) -> Bool {
    densities.count == 2
      && densities.allSatisfy { $0.count == 3 && $0.allSatisfy(\.isFinite) }
      && determinant(densities) > 1e-9 * dot(densities[0], densities[0])
        * dot(densities[1], densities[1])
  }

  /// The Gram determinant: the squared area between two colors.
  private static func determinant(_ densities: [[Double]]) -> Double {
    let mixed = dot(densities[0], densities[1])
    return dot(densities[0], densities[0]) * dot(densities[1], densities[1]) - mixed * mixed
  }
}

extension StainSeparation {
  /// The concentrations of the two stains that come nearest to a density, by least squares.
  func concentrations(ofDensity density: [Double]) -> [Double] {
    solver.map { Self.dot($0, density) }
  }

  /// The optical density of each value; 0 counts as 1, which still lets some light pass.
  static let densityOfValue: [Double] = (0..<256).map { -log(Double(max($0, 1)) / 255) }

  /// The scalar product.
  static func dot(_ left: [Double], _ right: [Double]) -> Double {
    zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
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

  /// The concentration of one stain as a gray picture: white for none, black at 1 and above.
  ///
  /// - Parameters:
  ///   - stain: 0 or 1, the place in ``densities``.
  ///   - image: a picture in red, green and blue.
  public func picture(ofStain stain: Int = 0, in image: Image) -> Image {
    require(stain == 0 || stain == 1, "there are two stains, 0 and 1")
    require(image.channels == 3, "stains are told apart by color")
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
