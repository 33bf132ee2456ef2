import CajalTensor
import Foundation

/// The layout of glass, layers and dense bands of a synthetic section.
struct TissueAnatomy {
  let width: Int
  let height: Int
  /// The depth of each pixel below the surface, in pixels; negative on glass.
  private let depths: [Float]
  /// The variation of cell density besides the layers.
  private let patches: NoiseField
  private let bandDepth: Float
  private let bandWidth: Float

  init(width: Int, height: Int, using random: inout RandomStream) {
    self.width = width
    self.height = height
    let extent = Float(max(width, height))
    let angle = 2 * Float.pi * random.nextUniform()
    let (normalX, normalY) = (cos(angle), sin(angle))
    let surface = extent * (0.42 - 0.3 * random.nextUniform())
    let folds = NoiseField(width: width, height: height, cell: extent / 3, using: &random)
    let ripples = NoiseField(width: width, height: height, cell: 24, using: &random)
    depths = (0..<(width * height)).map { pixel in
      let (x, y) = (pixel % width, pixel / width)
      let along =
        normalX * (Float(x) - Float(width) / 2) + normalY * (Float(y) - Float(height) / 2)
      return along + surface + 0.12 * extent * folds.value(x, y) + 2.5 * ripples.value(x, y)
    }
    patches = NoiseField(width: width, height: height, cell: 70, using: &random)
    bandDepth = extent * (0.38 + 0.2 * random.nextUniform())
    bandWidth = 18 + 14 * random.nextUniform()
  }

  /// The depth of a pixel below the surface.
  func depth(_ x: Int, _ y: Int) -> Float { depths[y * width + x] }

  /// The fraction of a pixel in the band of packed cells, 0 ... 1.
  func band(_ x: Int, _ y: Int) -> Float {
    let edge = (bandWidth - abs(depth(x, y) - bandDepth)) / 8
    return max(0, min(1, edge))
  }

  /// The probability that a place for a cell is taken, outside of the band.
  func density(_ x: Int, _ y: Int) -> Float {
    let depth = depth(x, y)
    let variation = 1 + 0.6 * patches.value(x, y)
    switch depth {
    case ..<4: return 0
    case ..<36: return 0.10
    case ..<(bandDepth - bandWidth - 30): return 0.42 * variation
    case ..<(bandDepth + bandWidth): return 0.10
    case ..<(bandDepth + bandWidth + 50): return 0.07
    default: return 0.24 * variation
    }
  }
}
