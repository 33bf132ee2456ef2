import CajalPlatform
import CajalSupport

/// The fine detail of a set of pictures, for the sliced Wasserstein distance between sets of Karras,
/// Aila, Laine and Lehtinen (2018): projections of 7×7 patches of the finest level of their Laplacian
/// pyramids.
///
/// ```swift
/// let distance = PatchProjections(predictions)?.distance(to: PatchProjections(targets)!)
/// ```
///
/// Up to ``maximumPatches`` patches, as many of each picture as of the others, are taken at places
/// drawn with a fixed seed, and projected onto ``directions`` random unit vectors of the space of
/// patches (all channels together). Sets of pictures of the same sizes have patches at the same
/// places. There are no random numbers but those, and sums do not depend on threads: equal pictures
/// give equal bits.
///
/// Unlike the paper's, patches keep their contrast: it divides each channel of a set by its standard
/// deviation, which would hide that a blurred set has less detail.
public struct PatchProjections: Sendable {
  /// The side of a patch, and so the minimum side of a picture, in pixels.
  public static let patchSide = 7
  /// The number of directions that patches are projected onto.
  public static let directions = 64
  /// The largest number of patches of a set.
  public static let maximumPatches = 16_384

  /// The number of patches: ``maximumPatches``, or the number of places that the set has for one if
  /// that is less.
  public let patchCount: Int
  /// The channels of the pictures.
  public let channels: Int
  /// For each direction the projections in gray levels, ascending.
  private let sorted: [[Float]]

  /// Projects the patches of pictures, which may have different sizes.
  ///
  /// Traps unless all pictures have the same channels.
  ///
  /// - Returns: nil without pictures, or for a picture with a side shorter than ``patchSide``.
  public init?(_ pictures: [Image]) {
    let side = Self.patchSide
    guard let first = pictures.first,
      pictures.allSatisfy({ min($0.width, $0.height) >= side })
    else { return nil }
    require(
      pictures.allSatisfy { $0.channels == first.channels },
      "the pictures of a set have the same channels")
    channels = first.channels
    let places = pictures.reduce(0) { $0 + ($1.width - side + 1) * ($1.height - side + 1) }
    patchCount = min(Self.maximumPatches, places)
    let patches = Self.patches(of: pictures, count: patchCount)
    sorted = Self.projections(of: patches, count: patchCount, size: side * side * channels)
  }

  /// The sliced Wasserstein distance in gray levels, 0 or more: the mean over the directions of the
  /// Wasserstein-1 distance between the two sets' projections, which is the mean difference between
  /// the sorted projections.
  ///
  /// Traps unless both sets have the same channels and number of patches, as sets of as many
  /// pictures of the same sizes have.
  public func distance(to other: PatchProjections) -> Double {
    require(
      channels == other.channels && patchCount == other.patchCount,
      "sets that are compared have the same channels and number of patches")
    var total = 0.0
    for (mine, theirs) in zip(sorted, other.sorted) {
      for (a, b) in zip(mine, theirs) { total += Double(abs(a - b)) }
    }
    return total / Double(patchCount * Self.directions)
  }
}

// MARK: - Patches and directions

extension PatchProjections {
  /// The values of each patch's pixels, for all patches one value after the other: `[row, column,
  /// channel][patch]`. Patch k is of picture k modulo their number.
  private static func patches(of pictures: [Image], count: Int) -> [Float] {
    let details = pictures.map(\.finestLaplacianLevel)
    let lineLength = patchSide * pictures[0].channels
    var random = SplitMix64(seed: 1)
    var patches = [Float](repeating: 0, count: patchSide * lineLength * count)
    patches.withUnsafeMutableBufferPointer { patches in
      for patch in 0..<count {
        let picture = pictures[patch % pictures.count]
        let y = Int(random.next() % UInt64(picture.height - patchSide + 1))
        let x = Int(random.next() % UInt64(picture.width - patchSide + 1))
        details[patch % pictures.count].withUnsafeBufferPointer { detail in
          for row in 0..<patchSide {
            let start = ((y + row) * picture.width + x) * picture.channels
            for index in 0..<lineLength {
              patches[(row * lineLength + index) * count + patch] = detail[start + index]
            }
          }
        }
      }
    }
    return patches
  }

  /// The ascending projections onto each direction.
  private static func projections(of patches: [Float], count: Int, size: Int) -> [[Float]] {
    var random = SplitMix64(seed: 2)
    return (0..<directions).map { _ in
      let normals = (0..<size).map { _ in random.nextNormal() }
      let length = normals.reduce(0) { $0 + $1 * $1 }.squareRoot()
      var projections = [Float](repeating: 0, count: count)
      projections.withUnsafeMutableBufferPointer { projections in
        patches.withUnsafeBufferPointer { patches in
          for (element, normal) in normals.enumerated() {
            let (weight, start) = (Float(normal / length), element * count)
            // Over patches, not over the elements of one: such a sum is vectorized as it stands.
            for patch in 0..<count { projections[patch] += weight * patches[start + patch] }
          }
        }
      }
      projections.sort()
      return projections
    }
  }
}

/// A small generator with a seed (Steele, Lea and Flood 2014).
private struct SplitMix64 {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A standard normal number (Box and Muller 1958).
  mutating func nextNormal() -> Double {
    let radius = (-2 * log((Double(next() >> 11) + 1) * 0x1p-53)).squareRoot()
    return radius * cos(2 * .pi * (Double(next() >> 11) * 0x1p-53))
  }
}
