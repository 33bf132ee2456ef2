import CajalSupport

/// The extent of a tensor along each of its axes, outermost first.
///
/// A shape without axes is a scalar's: its `count` is 1. An axis may have extent 0. There are at
/// most eight axes, kept in place, so that making a shape asks for no memory.
public struct Shape: Sendable, Hashable {
  /// The most axes that a shape has.
  public static let maximumRank = 8

  /// The extents, 1 beyond the last axis.
  private var extents = SIMD8<Int32>(repeating: 1)
  /// The number of axes.
  public private(set) var rank = 0
  /// The number of elements: the product of the dimensions.
  public private(set) var count = 1

  /// A scalar's.
  @usableFromInline init() {}

  /// A shape with the given extents: at most ``maximumRank``, none of them negative or above 2³¹ -
  /// 1.
  public init(_ dimensions: some Sequence<Int>) {
    for extent in dimensions { append(extent) }
  }

  @usableFromInline mutating func append(_ extent: Int) {
    require(extent >= 0, "a shape has no negative dimension: \(extent)")
    require(rank < Self.maximumRank, "a shape has at most \(Self.maximumRank) axes")
    guard let extent = Int32(exactly: extent) else {
      requirementFailure("an axis has at most \(Int32.max) elements, not \(extent)")
    }
    extents[rank] = extent
    rank += 1
    count *= Int(extent)
  }

  /// The extent along each axis.
  public var dimensions: [Int] { (0..<rank).map { Int(extents[$0]) } }

  /// The number of elements of the given axes alone: the product of their dimensions.
  public func elements(of axes: Range<Int>) -> Int {
    var product = 1
    for axis in axes { product *= Int(extents[axis]) }
    return product
  }

  /// The shape with another extent along its innermost axis.
  public func replacingLast(with extent: Int) -> Shape {
    require(rank > 0, "a shape without axes has no innermost one")
    return replacing(axis: rank - 1, with: extent)
  }

  /// The shape with another extent along `axis`.
  func replacing(axis: Int, with extent: Int) -> Shape {
    let replaced = normalized(axis)
    var shape = Shape()
    for axis in 0..<rank { shape.append(axis == replaced ? extent : Int(extents[axis])) }
    return shape
  }

  /// The shape with one more axis, the innermost.
  public func appending(_ extent: Int) -> Shape {
    var shape = self
    shape.append(extent)
    return shape
  }

  /// The extent along `axis`; a negative axis counts from the end, so that -1 is the innermost.
  public subscript(axis: Int) -> Int { Int(extents[normalized(axis)]) }

  /// `axis` counted from the start, trapping when there is no such axis.
  public func normalized(_ axis: Int) -> Int {
    let index = axis < 0 ? axis + rank : axis
    require(index >= 0 && index < rank, "shape \(self) has no axis \(axis)")
    return index
  }

  /// How many elements lie between neighbors along each axis of a contiguous, row-major tensor.
  public var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * Int(extents[axis + 1])
    }
    return strides
  }

  /// The shape that both shapes broadcast to (aligned at the innermost axis, 1 stretches), or
  /// `nil`.
  public func broadcast(with other: Shape) -> Shape? {
    guard self != other else { return self }
    let rank = Swift.max(self.rank, other.rank)
    var result = Shape([])
    for axis in 0..<rank {
      let left = extent(axis, of: rank)
      let right = other.extent(axis, of: rank)
      guard left == right || left == 1 || right == 1 else { return nil }
      result.append(left == 1 ? right : left)
    }
    return result
  }

  /// The extent along `axis` of the shape stretched to `rank` axes: 1 for those that it lacks.
  func extent(_ axis: Int, of rank: Int) -> Int {
    let own = axis - (rank - self.rank)
    return own < 0 ? 1 : Int(extents[own])
  }
}

extension Shape: ExpressibleByArrayLiteral {
  /// The shape with the given extents.
  @inlinable public init(arrayLiteral elements: Int...) {
    // In the caller, the literal needs no memory.
    self.init()
    for extent in elements { append(extent) }
  }
}

extension Shape: CustomStringConvertible {
  /// The extents in brackets, such as `[2, 3]`.
  public var description: String { dimensions.description }
}

extension Shape: Codable {
  /// Decodes a list of extents; throws where there is no such shape.
  public init(from decoder: any Decoder) throws {
    let extents = try decoder.singleValueContainer().decode([Int].self)
    // No product of extents overflows, not even where one of them is 0.
    let (_, overflow) = extents.reduce((1, false)) { product, extent in
      let (result, overflow) = product.0.multipliedReportingOverflow(by: Swift.max(extent, 1))
      return (result, product.1 || overflow)
    }
    guard extents.count <= Self.maximumRank, !overflow,
      extents.allSatisfy({ $0 >= 0 && $0 <= Int32.max })
    else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "\(extents) is not a shape"))
    }
    self.init(extents)
  }

  /// Encodes the list of extents.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(dimensions)
  }
}
