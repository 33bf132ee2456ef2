/// How two operands are stretched to one result.
///
/// Axes that both operands walk through evenly are merged, so that equal shapes are one axis and a
/// row added to a matrix is two.
package struct BroadcastGeometry: Sendable, Hashable {
  /// The number of elements of the result.
  package let count: Int
  /// The axes where something is stretched. Nothing is in most sums of decoding, and arrays would
  /// take longer than these.
  private let stretched: Axes?

  private struct Axes: Sendable, Hashable {
    var shape: [Int] = []
    var leftStrides: [Int] = []
    var rightStrides: [Int] = []
  }

  /// Whether nothing is stretched: `result[i]` is of `left[i]` and `right[i]`.
  package var isElementwise: Bool { stretched == nil }
  /// The result's extents after merging; at least one axis.
  package var shape: [Int] { stretched?.shape ?? [count] }
  /// Elements between neighbours of the left operand, 0 where it is stretched.
  package var leftStrides: [Int] { stretched?.leftStrides ?? [1] }
  /// Elements between neighbours of the right operand, 0 where it is stretched.
  package var rightStrides: [Int] { stretched?.rightStrides ?? [1] }

  /// Two operands of `count` elements, of which none is stretched.
  package init(count: Int) {
    self.count = count
    stretched = nil
  }

  /// The geometry of `left` with `right`, or `nil` when they do not broadcast.
  package init?(_ left: Shape, _ right: Shape) {
    guard let result = left.broadcast(with: right) else { return nil }
    count = result.count
    guard left.count != count || right.count != count else {
      stretched = nil
      return
    }
    func strides(_ shape: Shape) -> [Int] {
      let lead = result.rank - shape.rank
      let own = shape.strides
      return (0..<result.rank).map { axis in
        axis < lead || shape.dimensions[axis - lead] == 1 ? 0 : own[axis - lead]
      }
    }
    var axes = Axes()
    for (extent, (l, r)) in zip(result.dimensions, zip(strides(left), strides(right)))
    where extent != 1 {
      if let last = axes.shape.indices.last, axes.leftStrides[last] == l * extent,
        axes.rightStrides[last] == r * extent
      {
        axes.shape[last] *= extent
        axes.leftStrides[last] = l
        axes.rightStrides[last] = r
      } else {
        axes.shape.append(extent)
        axes.leftStrides.append(l)
        axes.rightStrides.append(r)
      }
    }
    stretched = axes
  }
}
