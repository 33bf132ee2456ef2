import CajalSupport

/// Indices of one axis at equal distances.
public struct AxisSelection: Sendable, Hashable {
  /// The first index.
  public let start: Int
  /// The number of indices.
  public let count: Int
  /// The distance of neighboring indices, at least 1.
  public let step: Int
  /// Whether the axis is left in the result.
  public let keepsAxis: Bool

  /// `count` indices from `start` on, `step` apart, of an axis of `extent` elements. Traps unless
  /// all are indices of the axis.
  public init(start: Int, count: Int, step: Int = 1, keepsAxis: Bool = true, of extent: Int) {
    require(
      step >= 1 && count >= 0 && start >= 0
        && (count == 0 ? start <= extent : start + (count - 1) * step < extent),
      "\(count) elements from \(start) on by \(step) are not in an axis of \(extent)")
    self.start = start
    self.count = count
    self.step = step
    self.keepsAxis = keepsAxis
  }
}
