/// The extent of a tensor along each of its axes, outermost first.
///
/// A shape without axes is a scalar's: its `count` is 1. An axis may have extent 0.
public struct Shape: Sendable, Hashable {
  /// The extent along each axis.
  public let dimensions: [Int]

  /// A shape with the given extents, none of them negative.
  public init(_ dimensions: [Int]) {
    precondition(
      dimensions.allSatisfy { $0 >= 0 }, "a shape has no negative dimension: \(dimensions)")
    self.dimensions = dimensions
  }

  /// The number of axes.
  public var rank: Int { dimensions.count }

  /// The number of elements: the product of the dimensions.
  public var count: Int { dimensions.reduce(1, *) }

  /// The extent along `axis`; a negative axis counts from the end, so that -1 is the innermost.
  public subscript(axis: Int) -> Int { dimensions[normalized(axis)] }

  /// `axis` counted from the start, trapping when there is no such axis.
  public func normalized(_ axis: Int) -> Int {
    let index = axis < 0 ? axis + rank : axis
    precondition(index >= 0 && index < rank, "shape \(self) has no axis \(axis)")
    return index
  }

  /// How many elements lie between neighbours along each axis of a contiguous, row-major tensor.
  public var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * dimensions[axis + 1]
    }
    return strides
  }

  /// The shape that both shapes broadcast to (aligned at the innermost axis, 1 stretches), or `nil`.
  public func broadcast(with other: Shape) -> Shape? {
    let rank = Swift.max(self.rank, other.rank)
    var result = [Int](repeating: 1, count: rank)
    for offset in 1...Swift.max(rank, 1) where offset <= rank {
      let left = offset <= self.rank ? dimensions[self.rank - offset] : 1
      let right = offset <= other.rank ? other.dimensions[other.rank - offset] : 1
      guard left == right || left == 1 || right == 1 else { return nil }
      result[rank - offset] = left == 1 ? right : left
    }
    return Shape(result)
  }
}

extension Shape: ExpressibleByArrayLiteral {
  /// The shape with the given extents.
  public init(arrayLiteral elements: Int...) { self.init(elements) }
}

extension Shape: CustomStringConvertible {
  /// The extents in brackets, such as `[2, 3]`.
  public var description: String { dimensions.description }
}
