/// Who computes matrix products.
package enum ProductLibrary: Sendable, Hashable {
  /// Cajal's kernels.
  case own
  /// cuBLASLt where it is installed, for products of at least so many multiplications; else Cajal's
  /// kernels.
  case cublas(from: Int = leastMultiplications)

  /// Smaller products take no longer than a launch, and the library's cost more time of the host.
  package static let leastMultiplications = 1 << 20
}
