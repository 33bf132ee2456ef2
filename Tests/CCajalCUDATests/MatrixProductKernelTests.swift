import CCajalCUDA
import Testing

@Suite struct MatrixProductKernelTests {
  /// A kernel, and how it divides a product.
  struct Kernel: Sendable, CustomStringConvertible {
    let description, file: String
    let rows, columns, threads: Int
    let rounding: Rounding
  }

  static let kernels =
    Rounding.all.flatMap { rounding in
      let file = rounding.unit == 0 ? "matrix_product.cu" : "matrix_product_tensor.cu"
      return [
        Kernel(
          description: "cajal_matrix_product_large\(rounding)", file: file, rows: 128, columns: 128,
          threads: 256, rounding: rounding),
        Kernel(
          description: "cajal_matrix_product_small\(rounding)", file: file, rows: 64, columns: 64,
          threads: 128, rounding: rounding),
        Kernel(
          description: "cajal_matrix_product_sliced\(rounding)", file: file, rows: 32, columns: 32,
          threads: 256, rounding: rounding),
      ]
    } + [
      Kernel(
        description: "cajal_matrix_product_few_rows", file: "matrix_product_few_rows.cu", rows: 8,
        columns: 32, threads: 512, rounding: .none)
    ]

  @Test(arguments: KernelTests.devices, kernels) func multiplies(device: Int, kernel: Kernel) {
    let machine = EmulatedDevice(device)
    for transposes in [(false, false), (true, false), (false, true), (true, true)] {
      for parts in [1, 2] {
        for (rows, inner, columns, batch) in [(5, 40, 9, 2), (70, 33, 132, 1)] {
          var product = cajal_cuda_product()
          product.rows = Int64(rows)
          product.inner = Int64(inner)
          product.columns = Int64(columns)
          product.batch = Int64(batch)
          product.left_batch = Int64(rows * inner)
          product.right_batch = Int64(inner * columns)
          product.transposes_left = transposes.0 ? 1 : 0
          product.transposes_right = transposes.1 ? 1 : 0
          product.relu = Int32(batch - 1)
          product.accumulates = 1
          product.parts = Int64(parts)
          product.inner_per_part = parts == 1 ? Int64(inner) : 32
          check(machine, kernel, product)
        }
      }
    }
  }

  private func check(_ machine: EmulatedDevice, _ kernel: Kernel, _ product: cajal_cuda_product) {
    let (rows, inner, columns) = (Int(product.rows), Int(product.inner), Int(product.columns))
    let (batch, parts) = (Int(product.batch), Int(product.parts))
    let left = numbers(batch * rows * inner)
    let right = numbers(batch * inner * columns, seed: 2)
    let (bias, old) = (numbers(columns, seed: 3), numbers(batch * rows * columns, seed: 4))
    let partial = [Float](repeating: .nan, count: parts * old.count)
    let results = machine.run(on: [left, right, bias, old, partial]) { address in
      let across = (columns + kernel.columns - 1) / kernel.columns
      let down = (rows + kernel.rows - 1) / kernel.rows
      let isFlat = kernel.description.hasSuffix("few_rows")
      machine.launch(
        kernel.description, file: kernel.file, blocks: isFlat ? across : across * down,
        blocksDown: isFlat ? down : 1, blocksDeep: min(batch * parts, 3), threads: kernel.threads,
        address[0], address[1], address[2], address[parts == 1 ? 3 : 4], product)
      guard parts > 1 else { return }
      let sums = cajal_cuda_parts(
        parts: product.parts, batch: product.batch, rows: product.rows, columns: product.columns,
        result_row: product.columns, result_batch: product.rows * product.columns,
        accumulates: product.accumulates, relu: product.relu)
      machine.launch(
        "cajal_sum_parts", file: "matrix_product.cu", threads: 256, address[4], address[2],
        address[3], sums)
    }
    var expected: [Double] = [], sizes: [Double] = []
    for index in old.indices {
      let (matrix, place) = index.quotientAndRemainder(dividingBy: rows * columns)
      let (row, column) = place.quotientAndRemainder(dividingBy: columns)
      var sum = Double(bias[column]), size = 0.0
      for k in 0..<inner {
        let a = product.transposes_left != 0 ? k * rows + row : row * inner + k
        let b = product.transposes_right != 0 ? column * inner + k : k * columns + column
        let term =
          Double(left[matrix * rows * inner + a]) * Double(right[matrix * inner * columns + b])
        sum += term
        size += abs(term)
      }
      sizes.append(size)
      expected.append((product.relu != 0 ? max(sum, 0) : sum) + Double(old[index]))
    }
    expectClose(
      results[3], expected, sizes: sizes, share: kernel.rounding.ofProduct,
      "\(kernel) of \(product)")
  }
}
