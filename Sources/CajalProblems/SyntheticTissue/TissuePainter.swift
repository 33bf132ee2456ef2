import CajalImages
import CajalTensor
import Foundation

/// Paints amounts of stain and turns them into colors.
struct TissuePainter {
  private let anatomy: TissueAnatomy
  private let stain: SyntheticTissue.Stain
  /// Optical density of the main stain and of the label of expressing cells, for each pixel.
  private var main: [Float]
  private var label: [Float]

  init(anatomy: TissueAnatomy, stain: SyntheticTissue.Stain) {
    self.anatomy = anatomy
    self.stain = stain
    main = [Float](repeating: 0, count: anatomy.width * anatomy.height)
    label = main
  }

  /// Paints the background between cells: a faint, uneven tint, darker along the surface.
  mutating func paintGround(using random: inout RandomStream) {
    let (width, height) = (anatomy.width, anatomy.height)
    let coarse = NoiseField(width: width, height: height, cell: 40, using: &random)
    let fine = NoiseField(width: width, height: height, cell: 3, using: &random)
    let amount: Float = stain == .nissl ? 0.028 : 0.06
    for y in 0..<height {
      for x in 0..<width {
        let depth = anatomy.depth(x, y)
        guard depth > -2 else { continue }
        let inside = min(1, (depth + 2) / 4)
        let rim = 0.12 * exp(-(depth - 3) * (depth - 3) / 18)
        let texture = 1 + 0.35 * coarse.value(x, y) + 0.4 * fine.value(x, y)
        let band = 0.12 * anatomy.band(x, y)
        main[y * width + x] = inside * ((amount + band) * texture + rim)
      }
    }
  }

  /// Paints cells: neurons and glia at random places, and small ones packed into the band.
  mutating func paintCells(using random: inout RandomStream) {
    forEachPlace(spacing: 10, using: &random) { painter, x, y, random in
      guard random.nextUniform() < painter.anatomy.density(x, y) else { return }
      let isNeuron = random.nextUniform() < 0.62
      let radius = isNeuron ? 4 + 3 * random.nextUniform() : 2 + 1.2 * random.nextUniform()
      painter.paintCell(x, y, radius: radius, hasNucleus: isNeuron && radius > 4.5, &random)
    }
    forEachPlace(spacing: 5, using: &random) { painter, x, y, random in
      guard random.nextUniform() < 0.93 * painter.anatomy.band(x, y) else { return }
      let radius = 2.6 + 1.2 * random.nextUniform()
      painter.paintCell(x, y, radius: radius, hasNucleus: false, &random)
    }
  }

  /// Calls `body` with one random pixel of each cell of a grid.
  private mutating func forEachPlace(
    spacing: Int, using random: inout RandomStream,
    _ body: (inout TissuePainter, Int, Int, inout RandomStream) -> Void
  ) {
    for top in stride(from: 0, to: anatomy.height, by: spacing) {
      for left in stride(from: 0, to: anatomy.width, by: spacing) {
        let x = left + Int(random.nextUniform() * Float(spacing))
        let y = top + Int(random.nextUniform() * Float(spacing))
        guard x < anatomy.width, y < anatomy.height else { continue }
        body(&self, x, y, &random)
      }
    }
  }

  /// Paints one cell; in large ones the nucleus is paler and has a dark nucleolus.
  private mutating func paintCell(
    _ centerX: Int, _ centerY: Int, radius: Float, hasNucleus: Bool,
    _ random: inout RandomStream
  ) {
    let isLabeled = stain == .inSituHybridization && random.nextUniform() < 0.12
    let outline = CellOutline(radius: radius, using: &random)
    let strength: Float = isLabeled ? 1.1 : stain == .nissl ? 0.45 : 0.26
    let density = strength * (0.6 + 0.6 * random.nextUniform())
    let reach = outline.reach
    for y in max(0, centerY - reach)...min(anatomy.height - 1, centerY + reach) {
      for x in max(0, centerX - reach)...min(anatomy.width - 1, centerX + reach) {
        let (cover, distance) = outline.cover(Float(x - centerX), Float(y - centerY))
        guard cover > 0 else { continue }
        let index = y * anatomy.width + x
        if isLabeled {
          label[index] = max(label[index], density * cover)
          continue
        }
        let inner: Float = !hasNucleus || distance > 0.5 ? 1 : distance < 0.16 ? 1.25 : 0.72
        let amount = density * cover * (0.8 + 0.3 * distance) * inner
        // Cells at different depths overlap: the lighter one shines through a little.
        main[index] = max(main[index], amount) + 0.25 * min(main[index], amount)
      }
    }
  }

  /// The blur of the microscope: weights 1 2 1 along both axes.
  mutating func blur() {
    main = blurred(main)
    if stain == .inSituHybridization { label = blurred(blurred(label)) }
  }

  private func blurred(_ values: [Float]) -> [Float] {
    let (width, height) = (anatomy.width, anatomy.height)
    var rows = values
    for y in 0..<height {
      for x in 0..<width {
        let (left, right) = (max(x - 1, 0), min(x + 1, width - 1))
        rows[y * width + x] =
          (values[y * width + left] + 2 * values[y * width + x] + values[y * width + right]) / 4
      }
    }
    var result = rows
    for y in 0..<height {
      let (above, below) = (max(y - 1, 0) * width, min(y + 1, height - 1) * width)
      for x in 0..<width {
        result[y * width + x] = (rows[above + x] + 2 * rows[y * width + x] + rows[below + x]) / 4
      }
    }
    return result
  }

  /// The picture: light through the stains, uneven lighting and a little noise.
  func developed(using random: inout RandomStream) -> Image {
    let (width, height) = (anatomy.width, anatomy.height)
    let light = NoiseField(
      width: width, height: height, cell: Float(max(width, height)) / 2, using: &random)
    // Absorption of red, green and blue by a unit of stain.
    let (mainColor, lamp): (SIMD3<Float>, SIMD3<Float>) =
      stain == .nissl
      ? (SIMD3(0.92, 1.45, 0.54), SIMD3(247, 245, 250))
      : (SIMD3(0.72, 0.98, 0.82), SIMD3(247, 246, 245))
    let labelColor = SIMD3<Float>(1.12, 1.18, 1.0)
    var pixels = [UInt8](repeating: 0, count: width * height * 3)
    for y in 0..<height {
      for x in 0..<width {
        let index = y * width + x
        let density = main[index] * mainColor + label[index] * labelColor
        let brightness = 1 + 0.008 * light.value(x, y)
        for channel in 0..<3 {
          // The sum of two uniform numbers: a triangular distribution of standard deviation 1.2.
          let noise = 3 * (random.nextUniform() + random.nextUniform() - 1)
          let value = lamp[channel] * brightness * exp(-2.302_585 * density[channel]) + noise
          pixels[index * 3 + channel] = UInt8(max(0, min(255, value.rounded())))
        }
      }
    }
    return Image(width: width, height: height, channels: 3, pixels: pixels)
  }
}
