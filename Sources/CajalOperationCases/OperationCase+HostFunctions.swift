import CajalAutodiff
import CajalTensor

extension OperationCase {
  /// The name of the group of functions that have no primitive: the host computes them, and waits
  /// for the device.
  public static let hostGroup = "host functions"

  /// Functions without a primitive.
  static var hostFunctions: [OperationCase] {
    let table: [(String, ClosedRange<Float>, @Sendable (Variable) -> Variable)] = [
      ("sin", -4...4, { $0.sin() }), ("cos", -4...4, { $0.cos() }),
      ("power 2.5", 0.75...3, { $0.pow(2.5) }), ("power -1", 0.75...3, { $0.pow(-1) }),
      ("power 3", -2...2, { $0.pow(3) }), ("power 0", -2...2, { $0.pow(0) }),
    ]
    let shapes: [Shape] = extents.map { [$0] } + [[], [3, 65]]
    let functions = table.flatMap { name, range, function in
      shapes.map { shape in
        OperationCase("\(name) of \(shape)", [Input(shape, in: range)], flops: shape.count) {
          function($0[0])
        }
      }
    }
    let pairs: [(condition: Shape, a: Shape, b: Shape)] = [
      ([], [], []), ([5], [5], [5]), ([2, 3], [3], [2, 1]), ([3], [2, 3], []),
      ([2, 1, 17], [5, 1], [17]),
    ]
    return functions
      + pairs.flatMap { condition, a, b in
        conditions(condition, a, b)
      }
      + ([[5], [2, 3], [17, 64], [2, 3, 5]] as [Shape]).flatMap(masks)
  }

  /// The slices where a mask of the first axes is true.
  private static func masks(_ shape: Shape) -> [OperationCase] {
    (1...shape.rank).map { rank in
      let extents = Shape(shape.dimensions[..<rank])
      let truths = (0..<extents.count).map { $0 * 5 % 3 != 1 }
      return OperationCase("\(shape) under a mask of \(extents)", [Input(shape)], flops: 0) {
        $0[0][Tensor<Bool>(truths, shape: extents, on: $0[0].value.device)]
      }
    }
  }

  /// Elements of two operands, or of one and a number.
  private static func conditions(_ shape: Shape, _ a: Shape, _ b: Shape) -> [OperationCase] {
    let truths = (0..<shape.count).map { $0 * 7 % 3 == 0 }
    let condition = { @Sendable (device: Device) in
      Tensor<Bool>(truths, shape: shape, on: device)
    }
    return [
      OperationCase("\(a) or \(b) where \(shape)", [Input(a), Input(b)], terms: 40, flops: 0) {
        Variable.where(condition($0[0].value.device), $0[0], $0[1])
      },
      OperationCase("\(a) or a number where \(shape)", [Input(a)], terms: 40, flops: 0) {
        Variable.where(condition($0[0].value.device), $0[0], 2)
          * Variable.where(condition($0[0].value.device), -1, $0[0])
      },
    ]
  }
}
