/// Ways to reduce an axis.
package enum ReduceOperation: String, Sendable, CaseIterable {
  /// the sum
  case sum
  /// the arithmetic mean
  case mean
  /// the largest
  case maximum
}
