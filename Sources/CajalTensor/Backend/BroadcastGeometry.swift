/// How two operands are stretched to one result.
///
/// Axes that both operands walk through evenly are merged, so that equal shapes are one axis and a
/// row added to a matrix is two.
package struct BroadcastGeometry: Sendable, Hashable {
  /// The result's extents after merging; at least one axis.
  package let shape: [Int]
  /// Elements between neighbors of the left operand, 0 where it is stretched.
  package let leftStrides: [Int]
  /// Elements between neighbors of the right operand, 0 where it is stretched.
  package let rightStrides: [Int]

  /// The number of elements of the result.
  package var count: Int { shape.reduce(1, *) }

  /// The geometry of `left` with `right`, or `nil` when they do not broadcast.
  package init?(_ left: Shape, _ right: Shape) {
    guard left != right else {
      (shape, leftStrides, rightStrides) = ([left.count], [1], [1])
      return
    }
    guard let result = left.broadcast(with: right) else { return nil }
    func strides(_ shape: Shape) -> [Int] {
      let lead = result.rank - shape.rank
      let own = shape.strides
      return (0..<result.rank).map { axis in
        axis < lead || shape.dimensions[axis - lead] == 1 ? 0 : own[axis - lead]
      }
    }
    var shape: [Int] = []
    var leftStrides: [Int] = []
    var rightStrides: [Int] = []
    for (extent, (l, r)) in zip(result.dimensions, zip(strides(left), strides(right)))
    where extent != 1 {
      if let last = shape.indices.last, leftStrides[last] == l * extent,
        rightStrides[last] == r * extent
      {
        shape[last] *= extent
        leftStrides[last] = l
        rightStrides[last] = r
      } else {
        shape.append(extent)
        leftStrides.append(l)
        rightStrides.append(r)
      }
    }
    self.shape = shape.isEmpty ? [1] : shape
    self.leftStrides = shape.isEmpty ? [0] : leftStrides
    self.rightStrides = shape.isEmpty ? [0] : rightStrides
  }
}
