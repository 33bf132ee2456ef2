import CajalAutodiff
import CajalTensor

extension OperationCase {
  /// Moves of elements.
  static var shapes: [OperationCase] {
    let shapes: [Shape] = [
      [1], [5], [1, 1], [2, 3], [17, 64], [65, 130], [0, 3], [2, 3, 5], [5, 1, 3], [3, 17, 2],
      [2, 3, 2, 5],
    ]
    return shapes.flatMap { shape in
      let order = Array((0..<shape.rank).reversed())
      let axes = (0..<shape.rank).flatMap { axis in
        let middle = shape[axis] / 2
        return [
          OperationCase("end of \(shape) along \(axis)", [Input(shape)], flops: 0) {
            $0[0].sliced(middle..<shape[axis], axis: axis)
          },
          OperationCase("\(shape) twice along \(axis)", [Input(shape), Input(shape)], flops: 0) {
            let start = $0[0].sliced(0..<middle, axis: axis)
            return Variable.concatenate([start, $0[1], $0[0]], axis: axis)
          },
        ]
      }
      return axes + [
        OperationCase("reversed axes of \(shape)", [Input(shape)], flops: 0) {
          $0[0].permuted(order)
        },
        OperationCase("flat \(shape)", [Input(shape)], flops: 0) { $0[0].flattened() },
        OperationCase(
          "\(shape) broadcast", [Input(shape)], terms: 6, flops: 6 * shape.count
        ) {
          $0[0].reshaped(Shape([1] + shape.dimensions + [1]))
            .broadcast(to: Shape([2] + shape.dimensions + [3]))
        },
      ]
        + (shape.rank < 2
          ? []
          : [
            OperationCase("\(shape) transposed", [Input(shape)], flops: 0) { $0[0].transposed() }
          ])
    }
  }
}
