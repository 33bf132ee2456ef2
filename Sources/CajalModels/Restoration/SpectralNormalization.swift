import CajalAutodiff
import CajalTensor

extension Variable {
  /// Squarings of the Gram matrix: as good as 64 power iterations.
  private static let squarings = 6

  /// A kernel `[…, outputs]` divided by its largest singular value as a matrix `[inputs · window,
  /// outputs]` (Miyato et al. 2018).
  ///
  /// The singular vectors are computed from the kernel each time, by squaring its Gram matrix, so that
  /// there is no state to keep beside the weights. To the derivative they are constants, as they
  /// are to first order; where the two largest values are within a few percent of each other, norm
  /// and derivative are approximate. Reads nothing from the device.
  func spectrallyNormalized() -> Variable {
    let outputs = shape[shape.rank - 1]
    let matrix = reshaped([value.count / outputs, outputs])
    let values = matrix.value
    var power = Self.ofNormOne(values.matmul(values, transposingSelf: true))
    for _ in 0..<Self.squarings { power = Self.ofNormOne(power.matmul(power)) }
    let ones = Tensor<Float>(repeating: 1, shape: [outputs, 1], on: values.device)
    let right = Self.ofNormOne(power.matmul(ones))
    let left = Self.ofNormOne(values.matmul(right))
    let largest = tape.constant(left).matmul(matrix, transposingSelf: true)
      .matmul(tape.constant(right))
    return self / (largest.reshaped([1]) + Self.tiny)
  }

  /// Keeps the quotients of a kernel of zeros finite.
  private static let tiny: Float = 1e-12

  /// A vector, or a matrix by its Frobenius norm, divided by its norm.
  private static func ofNormOne(_ x: Tensor<Float>) -> Tensor<Float> {
    x / ((x * x).sum().sqrt() + tiny)
  }
}
