/// Losses that are added up for a mean.
public struct LossSum: Sendable, Hashable {
  /// The sum of the losses, in their order.
  public private(set) var sum: Double
  /// How many there are.
  public private(set) var count: Int

  /// A sum of `count` losses; by default of none.
  public init(sum: Double = 0, count: Int = 0) {
    self.sum = sum
    self.count = count
  }

  /// Adds a loss.
  public mutating func add(_ loss: Double) {
    sum += loss
    count += 1
  }

  /// The mean of the losses; NaN of none.
  public var mean: Double { sum / Double(count) }
}
