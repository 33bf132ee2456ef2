import CajalSupport

/// Several axes of a shape taken as one, to reduce over them in a single pass.
package struct MergedAxes: Sendable, Hashable {
  /// The order of the axes that brings those to reduce together; `nil` where they are neighbors.
  package let order: [Int]?
  /// The permuted elements as `[outer, length, inner]`, to be reduced along axis 1.
  package let shape: Shape
  /// The shape of the result: the reduced axes are removed, or left with extent 1.
  package let result: Shape

  /// The merger of distinct axes in any order, negative ones counted from the end. No axes are one
  /// axis of extent 1.
  package init(_ axes: [Int], of shape: Shape, keepingAxes: Bool) {
    let reduced = axes.map(shape.normalized).sorted()
    require(
      zip(reduced, reduced.dropFirst()).allSatisfy { $0 != $1 },
      "\(axes) names an axis of \(shape) twice")
    let others = (0..<shape.rank).filter { !reduced.contains($0) }
    let before = others.prefix { $0 < reduced.first ?? shape.rank }
    let after = others.dropFirst(before.count)
    let order = Array(before) + reduced + Array(after)
    self.order = order == Array(0..<shape.rank) ? nil : order
    func count(_ axes: some Sequence<Int>) -> Int { axes.reduce(1) { $0 * shape[$1] } }
    self.shape = [count(before), count(reduced), count(after)]
    result = Shape(
      keepingAxes
        ? shape.dimensions.enumerated().map { reduced.contains($0) ? 1 : $1 }
        : others.map { shape[$0] })
  }
}

extension Tensor {
  /// Reduces several axes; `reduce` removes the axis that it is given.
  func reduced<Result>(
    over axes: [Int], keepingAxes: Bool, _ reduce: (_ x: Tensor, _ axis: Int) -> Tensor<Result>
  ) -> Tensor<Result> {
    let merged = MergedAxes(axes, of: shape, keepingAxes: keepingAxes)
    let together = merged.order.map(permuted) ?? self
    return reduce(together.reshaped(merged.shape), 1).reshaped(merged.result)
  }
}
