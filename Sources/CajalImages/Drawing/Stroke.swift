/// A smooth line of 2 pixels within a rectangle of a canvas.
///
/// Pixel coverage is accumulated over all segments before drawing, so that joints are not drawn
/// twice.
struct Stroke {
  private static let halfWidth = 1.0

  private let left: Int
  private let top: Int
  private let width: Int
  private let height: Int
  private var coverage: [Float]

  /// A stroke within the given columns and rows, all inclusive.
  init(left: Int, top: Int, right: Int, bottom: Int) {
    self.left = left
    self.top = top
    width = right - left + 1
    height = bottom - top + 1
    coverage = [Float](repeating: 0, count: width * height)
  }

  /// Adds a straight piece with round ends; what lies outside the rectangle is clipped.
  mutating func addSegment(from start: (x: Double, y: Double), to end: (x: Double, y: Double)) {
    let (a, b) = (
      (start.x - Double(left), start.y - Double(top)), (end.x - Double(left), end.y - Double(top))
    )
    // Walk along the side that grows faster, and look at the few pixels across it.
    let steep = abs(b.1 - a.1) > abs(b.0 - a.0)
    let (along0, across0) = steep ? (a.1, a.0) : a
    let (along1, across1) = steep ? (b.1, b.0) : b
    let (low, high) = (min(along0, along1), max(along0, along1))
    let last = Double(steep ? height : width) - 1
    guard high >= -2, low <= last + 2 else { return }
    let slope = along1 == along0 ? 0 : (across1 - across0) / (along1 - along0)
    for along in Int(max(low - 2, 0))...Int(min(max(high + 2, 0), last)) {
      let nearest = min(max(Double(along), low), high)
      let across = across0 + slope * (nearest - along0)
      guard across >= -4, across <= Double(steep ? width : height) + 4 else { continue }
      for side in Int(across.rounded()) - 3...Int(across.rounded()) + 3 {
        let (x, y) = steep ? (side, along) : (along, side)
        cover(x: x, y: y, distance: Self.distance(from: (Double(x), Double(y)), a, b))
      }
    }
  }

  private mutating func cover(x: Int, y: Int, distance: Double) {
    guard x >= 0, y >= 0, x < width, y < height else { return }
    let covered = Float(min(max(Self.halfWidth + 0.5 - distance, 0), 1))
    coverage[y * width + x] = max(coverage[y * width + x], covered)
  }

  /// The distance of a point from the segment between two others.
  private static func distance(
    from point: (Double, Double), _ a: (Double, Double), _ b: (Double, Double)
  ) -> Double {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1)
    let squaredLength = dx * dx + dy * dy
    let along =
      squaredLength == 0 ? 0 : ((point.0 - a.0) * dx + (point.1 - a.1) * dy) / squaredLength
    let t = min(max(along, 0), 1)
    let (x, y) = (point.0 - a.0 - t * dx, point.1 - a.1 - t * dy)
    return (x * x + y * y).squareRoot()
  }

  func draw(on canvas: inout Canvas, _ color: Color) {
    for y in 0..<height {
      for x in 0..<width where coverage[y * width + x] > 0 {
        canvas.blend(x: left + x, y: top + y, color, coverage: coverage[y * width + x])
      }
    }
  }
}
