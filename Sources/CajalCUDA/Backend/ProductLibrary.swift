/// Who computes matrix products.
package enum ProductLibrary: Sendable, Hashable {
  /// Cajal's kernels.
  case own
  /// cuBLASLt where it is installed, for products of at least so many multiplications; else Cajal's
  /// kernels.
  case cublas(from: Int = leastMultiplications)

  /// Cajal's kernels compute so many in about 10 µs on an H200. A product of the library ends a
  /// sequence of launches, which then is no graph, and that costs the host as much.
  package static let leastMultiplications = 1 << 28
}
