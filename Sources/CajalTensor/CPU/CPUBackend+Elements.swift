import CCajalKernels

extension CPUBackend {
  /// `result[i] = operation(x[i])`
  package func unary(
    _ operation: UnaryOperation, _ x: UnsafePointer<Float>,
    _ result: UnsafeMutablePointer<Float>, count: Int
  ) {
    inPieces(of: elementsPerPiece, count) { piece in
      unsafe kernels.pointee.unary(
        operation.code, x + piece.lowerBound, result + piece.lowerBound, piece.count)
    }
  }

  /// `result = operation(left, right)` over a broadcast shape.
  package func binary(
    _ operation: BinaryOperation, _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>,
    _ result: UnsafeMutablePointer<Float>, _ geometry: BroadcastGeometry
  ) {
    if geometry.isElementwise {
      unsafe elementwise(operation, left, right, result, count: geometry.count)
      return
    }
    let axes = geometry.shape.count
    let columns = geometry.shape[axes - 1]
    let rows = axes > 1 ? geometry.shape[axes - 2] : 1
    guard columns > 0, rows > 0 else { return }
    let strides = { (strides: [Int]) in (axes > 1 ? strides[axes - 2] : 0, strides[axes - 1]) }
    let (leftStrides, rightStrides) = (
      strides(geometry.leftStrides), strides(geometry.rightStrides)
    )
    let outer = BroadcastGeometry.Offsets(geometry, droppingInner: 2)
    outer.forEach { plane, leftOffset, rightOffset in
      let (left, right) = unsafe (left + leftOffset, right + rightOffset)
      let result = unsafe result + plane * rows * columns
      if rows == 1 {
        inPieces(of: elementsPerPiece, columns) { piece in
          let start = piece.lowerBound
          var operands = unsafe cajal_binary_operands(
            left: left + start * leftStrides.1, right: right + start * rightStrides.1,
            result: result + start, extents: (1, piece.count), left_strides: leftStrides,
            right_strides: rightStrides)
          unsafe kernels.pointee.binary(operation.code, &operands)
        }
      } else {
        inPieces(of: max(elementsPerPiece / columns, 1), rows) { piece in
          let start = piece.lowerBound
          var operands = unsafe cajal_binary_operands(
            left: left + start * leftStrides.0, right: right + start * rightStrides.0,
            result: result + start * columns, extents: (piece.count, columns),
            left_strides: leftStrides, right_strides: rightStrides)
          unsafe kernels.pointee.binary(operation.code, &operands)
        }
      }
    }
  }

  /// `result[i] = operation(left[i], right[i])`
  private func elementwise(
    _ operation: BinaryOperation, _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>,
    _ result: UnsafeMutablePointer<Float>, count: Int
  ) {
    inPieces(of: elementsPerPiece, count) { piece in
      let start = piece.lowerBound
      var operands = unsafe cajal_binary_operands(
        left: left + start, right: right + start, result: result + start,
        extents: (1, piece.count), left_strides: (0, 1), right_strides: (0, 1))
      unsafe kernels.pointee.binary(operation.code, &operands)
    }
  }

  /// `result[i] = scale * x[i] + offset`
  package func affine(
    _ x: UnsafePointer<Float>, scale: Float, offset: Float,
    _ result: UnsafeMutablePointer<Float>, count: Int
  ) {
    inPieces(of: elementsPerPiece, count) { piece in
      unsafe kernels.pointee.affine(
        x + piece.lowerBound, scale, offset, result + piece.lowerBound, piece.count)
    }
  }

  /// `result[i] += scale * x[i]`
  package func addScaled(
    _ x: UnsafePointer<Float>, scale: Float, to result: UnsafeMutablePointer<Float>, count: Int
  ) {
    inPieces(of: elementsPerPiece, count) { piece in
      unsafe kernels.pointee.add_scaled(
        x + piece.lowerBound, scale, result + piece.lowerBound, piece.count)
    }
  }
}

extension BroadcastGeometry {
  /// The outer axes of a geometry: where each of their planes starts in both operands.
  struct Offsets {
    private let shape, leftStrides, rightStrides: ArraySlice<Int>

    init(_ geometry: BroadcastGeometry, droppingInner axes: Int) {
      shape = geometry.shape.dropLast(axes)
      leftStrides = geometry.leftStrides.dropLast(axes)
      rightStrides = geometry.rightStrides.dropLast(axes)
    }

    func forEach(_ body: (_ plane: Int, _ left: Int, _ right: Int) -> Void) {
      for plane in 0..<shape.reduce(1, *) {
        var (rest, left, right) = (plane, 0, 0)
        for axis in shape.indices.reversed() {
          let (quotient, position) = rest.quotientAndRemainder(dividingBy: shape[axis])
          left += position * leftStrides[axis]
          right += position * rightStrides[axis]
          rest = quotient
        }
        body(plane, left, right)
      }
    }
  }
}

extension UnaryOperation {
  /// The operation's number in the kernels.
  var code: cajal_unary {
    switch self {
    case .negate: cajal_negate
    case .absolute: cajal_absolute
    case .square: cajal_square
    case .squareRoot: cajal_square_root
    case .reciprocal: cajal_reciprocal
    case .exponential: cajal_exponential
    case .logarithm: cajal_logarithm
    case .relu: cajal_relu
    case .sigmoid: cajal_sigmoid
    case .hyperbolicTangent: cajal_hyperbolic_tangent
    case .softplus: cajal_softplus
    case .gelu: cajal_gelu
    case .silu: cajal_silu
    }
  }
}

extension BinaryOperation {
  /// The operation's number in the kernels.
  var code: cajal_binary {
    switch self {
    case .add: cajal_add
    case .subtract: cajal_subtract
    case .multiply: cajal_multiply
    case .divide: cajal_divide
    case .maximum: cajal_maximum
    case .minimum: cajal_minimum
    case .whereSecondPositive: cajal_where_second_positive
    case .geluGradient: cajal_gelu_gradient
    case .siluGradient: cajal_silu_gradient
    }
  }
}
