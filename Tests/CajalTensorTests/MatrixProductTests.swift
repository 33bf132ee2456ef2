import CajalTensor
import Testing

@Suite struct MatrixProductTests {
  /// The product of batches of matrices, element by element, and the sums of its terms' magnitudes.
  private func product(
    _ a: [Double], _ b: [Double], batch: Int, rows: Int, inner: Int, columns: Int,
    transposes: (Bool, Bool), single: (Bool, Bool)
  ) -> (values: [Double], magnitudes: [Double]) {
    var values: [Double] = []
    var magnitudes: [Double] = []
    for image in 0..<batch {
      let (left, right) = (
        single.0 ? 0 : image * rows * inner, single.1 ? 0 : image * inner * columns
      )
      for row in 0..<rows {
        for column in 0..<columns {
          var (sum, magnitude) = (0.0, 0.0)
          for k in 0..<inner {
            let term =
              a[left + (transposes.0 ? k * rows + row : row * inner + k)]
              * b[right + (transposes.1 ? column * inner + k : k * columns + column)]
            sum += term
            magnitude += abs(term)
          }
          values.append(sum)
          magnitudes.append(magnitude)
        }
      }
    }
    return (values, magnitudes)
  }

  private func check<Scalar: TensorFloatingPoint & BinaryFloatingPoint>(
    _ type: Scalar.Type, lead: [Int], rows: Int, inner: Int, columns: Int,
    single: (Bool, Bool) = (false, false), on device: Device
  ) {
    let batch = lead.reduce(1, *)
    let a = numbers((single.0 ? 1 : batch) * rows * inner, seed: 1)
    let b = numbers((single.1 ? 1 : batch) * inner * columns, seed: 2)
    for transposes in [(false, false), (true, false), (false, true), (true, true)] {
      let left = (single.0 ? [] : lead) + (transposes.0 ? [inner, rows] : [rows, inner])
      let right = (single.1 ? [] : lead) + (transposes.1 ? [columns, inner] : [inner, columns])
      let result = Tensor<Scalar>(rounding: a, shape: Shape(left), on: device).matmul(
        Tensor<Scalar>(rounding: b, shape: Shape(right), on: device),
        transposingSelf: transposes.0, transposingOther: transposes.1)
      let (values, magnitudes) = product(
        a, b, batch: batch, rows: rows, inner: inner, columns: columns, transposes: transposes,
        single: single)
      expectClose(
        result, values, shape: Shape(lead + [rows, columns]), roundings: Double(inner) + 2,
        magnitudes: magnitudes, "\(left) · \(right), transposed \(transposes), on \(device)")
    }
  }

  @Test(arguments: devices) func multipliesMatrices(device: Device) {
    for rows in extents {
      for inner in extents {
        // Of the larger products, which are slow to check, only one is computed.
        for columns in extents where rows * inner * columns < 20_000 || rows == columns {
          check(Float.self, lead: [], rows: rows, inner: inner, columns: columns, on: device)
          guard rows * inner * columns < 500 else { continue }
          check(Double.self, lead: [], rows: rows, inner: inner, columns: columns, on: device)
        }
      }
    }
    check(Float.self, lead: [], rows: 129, inner: 67, columns: 35, on: device)
  }

  @Test(arguments: devices) func multipliesBatches(device: Device) {
    for lead in [[1], [3], [2, 3], [0]] {
      for (rows, inner, columns) in [(1, 1, 1), (2, 3, 5), (17, 5, 3), (5, 64, 17), (3, 0, 2)] {
        for single in [(false, false), (true, false), (false, true)] {
          check(
            Float.self, lead: lead, rows: rows, inner: inner, columns: columns, single: single,
            on: device)
          check(
            Double.self, lead: lead, rows: rows, inner: inner, columns: columns, single: single,
            on: device)
        }
      }
    }
  }

  @Test(arguments: devices) func keepsWhatIsNotFinite(device: Device) {
    let zeros = Tensor<Float>([0, 0], shape: [1, 2], on: device)
    let special = Tensor<Float>([.nan, 1, .infinity, 2], shape: [2, 2], on: device)
    let result = zeros.matmul(special).scalars
    #expect(result[0].isNaN && result[1] == 0)
  }

  /// Bias, activation and accumulation, which only the primitive has.
  @Test(arguments: devices) func appliesEpilogues(device: Device) {
    for (rows, inner, columns) in [(1, 1, 1), (3, 5, 17), (17, 64, 3), (64, 17, 65), (5, 0, 3)] {
      let a = numbers(rows * inner, seed: 1)
      let b = numbers(inner * columns, seed: 2)
      let start = numbers(rows * columns, seed: 3)
      let bias = numbers(columns, seed: 4)
      let (values, magnitudes) = product(
        a, b, batch: 1, rows: rows, inner: inner, columns: columns, transposes: (false, false),
        single: (false, false))
      let left = Tensor<Float>(rounding: a, shape: [rows, inner], on: device)
      let right = Tensor<Float>(rounding: b, shape: [inner, columns], on: device)
      let offsets = Tensor<Float>(rounding: bias, shape: [columns], on: device)
      func run(_ change: (inout MatrixProductGeometry) -> Void, bias: Tensor<Float>?) -> Tensor<
        Float
      > {
        var geometry = MatrixProductGeometry(rows: rows, inner: inner, columns: columns)
        change(&geometry)
        let result = Tensor<Float>(rounding: start, shape: [rows, columns], on: device)
        device.backend.matrixProduct(
          left.buffer, right.buffer, bias: bias?.buffer,
          result.buffer, geometry)
        return result
      }
      let shape: Shape = [rows, columns]
      let biased = values.indices.map { values[$0] + bias[$0 % columns] }
      let roundings = Double(inner) + 4
      let bounds = magnitudes.map { $0 + 2 }
      expectClose(
        run({ _ in }, bias: offsets), biased, shape: shape, roundings: roundings,
        magnitudes: bounds, "bias")
      expectClose(
        run({ $0.activation = .relu }, bias: offsets), biased.map { max($0, 0) }, shape: shape,
        roundings: roundings, magnitudes: bounds, "bias and relu")
      expectClose(
        run({ $0.activation = .relu }, bias: nil), values.map { max($0, 0) }, shape: shape,
        roundings: roundings, magnitudes: bounds, "relu")
      expectClose(
        run({ $0.accumulates = true }, bias: nil), zip(values, start).map { $0 + $1 },
        shape: shape, roundings: roundings, magnitudes: bounds, "accumulated")
    }
  }

  @Test func trapsWhenShapesDoNotFit() async {
    await #expect(processExitsWith: .failure) {
      let x = Tensor<Float>(repeating: 1, shape: [2, 3])
      _ = x.matmul(x)
    }
    await #expect(processExitsWith: .failure) {
      let x = Tensor<Double>(repeating: 1, shape: [2, 3, 3])
      _ = x.matmul(Tensor<Double>(repeating: 1, shape: [3, 3, 3]))
    }
  }
}
