import CCajalCUDA
import CajalSupport
package import CajalTensor

extension CUDABackend {
  /// `result[i] = operation(x[i])`
  package func unary(_ operation: UnaryOperation, _ x: Buffer, _ result: Buffer, count: Int) {
    launch(
      "cajal_unary", grid: grid(for: count, perThread: 4), operation.cudaCode, x, result, count)
  }

  /// `result = operation(left, right)` over a broadcast shape.
  package func binary(
    _ operation: BinaryOperation, _ left: Buffer, _ right: Buffer, _ result: Buffer,
    _ geometry: BroadcastGeometry
  ) {
    let count = geometry.count
    if geometry.isElementwise {
      launch(
        "cajal_binary", grid: grid(for: count, perThread: 4), operation.cudaCode, left, right,
        result, count)
    } else {
      launch(
        "cajal_binary_broadcast", grid: grid(for: count), operation.cudaCode, left, right, result,
        count, cajal_cuda_broadcast(geometry))
    }
  }

  /// `result[i] = scale * x[i] + offset`
  package func affine(_ x: Buffer, scale: Float, offset: Float, _ result: Buffer, count: Int) {
    launch("cajal_affine", grid: grid(for: count, perThread: 4), x, scale, offset, result, count)
  }

  /// `result[i] += scale * x[i]`
  package func addScaled(_ x: Buffer, scale: Float, to result: Buffer, count: Int) {
    launch("cajal_add_scaled", grid: grid(for: count, perThread: 4), x, scale, result, count)
  }
}

extension cajal_cuda_broadcast {
  /// A geometry as kernels take it.
  init(_ geometry: BroadcastGeometry) {
    self.init(geometry.shape, geometry.leftStrides, geometry.rightStrides)
  }

  /// Extents and strides as kernels take them; traps where there are too many axes.
  init(_ extents: [Int], _ leftStrides: [Int], _ rightStrides: [Int]) {
    self.init()
    require(
      extents.count <= Int(CAJAL_CUDA_AXES),
      "CUDA kernels take \(CAJAL_CUDA_AXES) axes, not \(extents.count)")
    axes = Int32(extents.count)
    Self.set(&self.extents, to: extents)
    Self.set(&left_strides, to: leftStrides)
    Self.set(&right_strides, to: rightStrides)
  }

  // C's arrays are tuples in Swift.
  private static func set<Axes>(_ axes: inout Axes, to numbers: [Int]) {
    unsafe withUnsafeMutableBytes(of: &axes) { bytes in
      for (axis, number) in numbers.enumerated() {
        unsafe bytes.storeBytes(of: Int64(number), toByteOffset: 8 * axis, as: Int64.self)
      }
    }
  }
}

extension UnaryOperation {
  /// The operation's number in the kernels.
  var cudaCode: cajal_cuda_unary {
    switch self {
    case .negate: cajal_cuda_negate
    case .absolute: cajal_cuda_absolute
    case .square: cajal_cuda_square
    case .squareRoot: cajal_cuda_square_root
    case .reciprocal: cajal_cuda_reciprocal
    case .exponential: cajal_cuda_exponential
    case .logarithm: cajal_cuda_logarithm
    case .relu: cajal_cuda_relu
    case .sigmoid: cajal_cuda_sigmoid
    case .hyperbolicTangent: cajal_cuda_hyperbolic_tangent
    case .softplus: cajal_cuda_softplus
    case .gelu: cajal_cuda_gelu
    case .silu: cajal_cuda_silu
    }
  }
}

extension BinaryOperation {
  /// The operation's number in the kernels.
  var cudaCode: cajal_cuda_binary {
    switch self {
    case .add: cajal_cuda_add
    case .subtract: cajal_cuda_subtract
    case .multiply: cajal_cuda_multiply
    case .divide: cajal_cuda_divide
    case .maximum: cajal_cuda_maximum
    case .minimum: cajal_cuda_minimum
    case .whereSecondPositive: cajal_cuda_where_second_positive
    case .geluGradient: cajal_cuda_gelu_gradient
    case .siluGradient: cajal_cuda_silu_gradient
    }
  }
}
