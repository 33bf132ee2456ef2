import CajalTensor

/// Smooth random values on the plane: random numbers on a lattice, interpolated.
struct NoiseField {
  private let cell: Float
  private let columns: Int
  private let values: [Float]

  /// Noise over a picture, with features of about `cell` pixels.
  init(width: Int, height: Int, cell: Float, using random: inout RandomStream) {
    self.cell = cell
    columns = Int(Float(width) / cell) + 2
    let rows = Int(Float(height) / cell) + 2
    values = (0..<(columns * rows)).map { _ in 2 * random.nextUniform() - 1 }
  }

  /// The value at a pixel, in -1 ... 1.
  func value(_ x: Int, _ y: Int) -> Float {
    let (u, v) = (Float(x) / cell, Float(y) / cell)
    let (column, row) = (Int(u), Int(v))
    let (s, t) = (smooth(u - Float(column)), smooth(v - Float(row)))
    let index = row * columns + column
    let top = values[index] + s * (values[index + 1] - values[index])
    let bottom =
      values[index + columns] + s * (values[index + columns + 1] - values[index + columns])
    return top + t * (bottom - top)
  }

  private func smooth(_ t: Float) -> Float { t * t * (3 - 2 * t) }
}
