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
      orders(shape) + stretches(shape) + parts(shape)
        + (0..<shape.rank).flatMap { slices(shape, axis: $0) }
    }
  }

  /// The elements in other orders and under other shapes.
  private static func orders(_ shape: Shape) -> [OperationCase] {
    let order = Array((0..<shape.rank).reversed())
    let rows = [
      OperationCase("reversed axes of \(shape)", [Input(shape)], flops: 0) {
        $0[0].permuted(order)
      },
      OperationCase("flat \(shape)", [Input(shape)], flops: 0) { $0[0].flattened() },
      OperationCase("\(shape) with another axis", [Input(shape)], flops: 0) {
        $0[0].expanded(axis: -1).expanded(axis: 0).squeezed(axis: -1)
      },
    ]
    guard shape.rank >= 2 else { return rows }
    return rows + [
      OperationCase("\(shape) transposed", [Input(shape)], flops: 0) { $0[0].transposed() }
    ]
  }

  /// The elements more than once, or within a border.
  private static func stretches(_ shape: Shape) -> [OperationCase] {
    let widths = (0..<shape.rank).map { (before: $0, after: 2 - $0 % 3) }
    return [
      OperationCase("\(shape) broadcast", [Input(shape)], terms: 6, flops: 6 * shape.count) {
        $0[0].reshaped(Shape([1] + shape.dimensions + [1]))
          .broadcast(to: Shape([2] + shape.dimensions + [3]))
      },
      OperationCase("\(shape) in a border", [Input(shape)], flops: 0) {
        $0[0].padded(widths, with: 0.5)
      },
    ]
  }

  /// What subscripts pick.
  private static func parts(_ shape: Shape) -> [OperationCase] {
    let rows = [
      OperationCase("every other row of \(shape)", [Input(shape)], flops: 0) {
        $0[0][stride(from: 0, to: shape[0], by: 2), ...]
      }
    ]
    guard shape.count > 0 else { return rows }
    return rows + [
      OperationCase("last column of \(shape)", [Input(shape)], flops: 0) {
        $0[0][..., shape[-1] - 1]
      },
      OperationCase("first row of \(shape)", [Input(shape)], flops: 0) { $0[0][0, ...] },
      OperationCase("end of columns of \(shape)", [Input(shape)], flops: 0) {
        $0[0][..., (shape[-1] / 2)...]
      },
    ]
  }

  /// Slices along an axis, alone and one after the other.
  private static func slices(_ shape: Shape, axis: Int) -> [OperationCase] {
    let middle = shape[axis] / 2
    let rows = [
      OperationCase("end of \(shape) along \(axis)", [Input(shape)], flops: 0) {
        $0[0].sliced(middle..<shape[axis], axis: axis)
      },
      OperationCase("\(shape) twice along \(axis)", [Input(shape), Input(shape)], flops: 0) {
        let start = $0[0].sliced(0..<middle, axis: axis)
        return Variable.concatenate([start, $0[1], $0[0]], axis: axis)
      },
      OperationCase("\(shape) stacked at \(axis)", [Input(shape), Input(shape)], flops: 0) {
        Variable.stack([$0[0], $0[1], $0[0]], axis: axis)
      },
    ]
    guard shape[axis] > 0 else { return rows }
    let parts = [
      OperationCase("\(shape) split along \(axis)", [Input(shape)], flops: 0) {
        let parts = $0[0].split(into: shape[axis], axis: axis)
        let ends = $0[0].split(extents: [1, shape[axis] - 1], axis: axis)
        return Variable.concatenate(parts.reversed() + ends, axis: axis)
      }
    ]
    let indices = (0..<6).map { Int32($0 * 7 % shape[axis]) }
    return rows + parts + [
      OperationCase("slices of \(shape) along \(axis)", [Input(shape)], terms: 6, flops: 0) {
        $0[0].gather(Tensor(indices, shape: [2, 3], on: $0[0].value.device), axis: axis)
      }
    ]
  }
}
