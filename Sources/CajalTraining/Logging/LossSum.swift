/// A running sum of losses, or of a measure, for their mean.
public struct LossSum: Sendable, Hashable {
  /// The sum of the losses, in their order.
  public private(set) var sum: Double
  /// The number of losses.
  public private(set) var count: Int

  /// Creates a sum of `count` losses; by default empty.
  public init(sum: Double = 0, count: Int = 0) {
    self.sum = sum
    self.count = count
  }

  /// Adds a loss.
  public mutating func add(_ loss: Double) {
    sum += loss
    count += 1
  }

  /// The mean of the losses; NaN if there are none.
  public var mean: Double { sum / Double(count) }
}
