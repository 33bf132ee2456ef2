import CCajalCUDA
import CUDAEmulator
import Foundation
import Testing

/// Kernels of tables' rows, copies by strides and reductions.
@Suite struct TableKernelTests {
  private typealias Terms = (
    (table: UnsafePointer<Float>?, scale: Float), (table: UnsafePointer<Float>?, scale: Float)
  )

  @Test(arguments: KernelTests.devices) func gathersAndScatters(device: Int) {
    let machine = EmulatedDevice(device)
    // Among them a row that nearly all indices name, and more than a block sorts.
    for (rows, width, count) in [
      (2, 3, 1200), (300, 260, 40), (5, 512, 33), (1, 1, 1), (40, 5, 9000),
    ] {
      let table = numbers(rows * width), added = numbers(count * width, seed: 1)
      let indices = (0..<count).map { $0 % 5 == 4 ? -1 : $0 % 7 == 0 ? ($0 * 31) % rows : 0 }
      let run = machine.runBothWays([table, bits(indices), added, added, added]) { m in
        for (start, result) in [(1, m[3]), (0, m[4])] {
          var terms = cajal_cuda_row_terms()
          terms.count = Int32(2 - start)
          func address<T>(_ memory: cajal_cuda_address) -> UnsafePointer<T>? {
            UnsafePointer(bitPattern: UInt(memory))
          }
          let (first, second) = ((address(m[2]), 1), (address(m[0]), 0.5)) as Terms
          (terms.tables.0, terms.scales.0) = start == 0 ? first : second
          (terms.tables.1, terms.scales.1) = second
          terms.rows.0 = Int64(count)
          let places: UnsafePointer<Int32>? = address(m[1])
          (terms.indices.0, terms.indices.1) = (start == 0 ? nil : places, places)
          machine.launch(
            "cajal_gather_rows", file: "gather.cu", threads: 256, terms, result, count, width)
        }
      }
      var gathered: [Float] = [], sums = table.map(Double.init)
      for (i, index) in indices.enumerated() {
        for j in 0..<width {
          gathered.append(index < 0 ? 0 : 0.5 * table[index * width + j])
          guard index >= 0 else { continue }
          sums[index * width + j] += 0.5 * Double(added[i * width + j])
        }
      }
      #expect(run[3] == gathered, "gather of \(width)")
      #expect(run[4] == zip(added, gathered).map { $0 + $1 }, "added gather of \(width)")
      let scattered = scatter(machine, added, indices, to: table, width: width)
      // Sums of 32 and then of an eighth of those: up to some hundred roundings, of numbers that
      // with as many terms reach their root.
      expectClose(scattered, sums, 1e-4, "scatter of \(width)")
    }
  }

  /// What is scattered to a table, which begins at an address that 16-byte accesses allow and at
  /// one that they do not, with the same numbers.
  private func scatter(
    _ machine: EmulatedDevice, _ added: [Float], _ indices: [Int], to table: [Float], width: Int
  ) -> [Float] {
    let count = indices.count
    var size = 1
    while size < count, size < Int(CAJAL_CUDA_SORTED_INDICES) { size *= 2 }
    let chunks = (count + size - 1) / size
    let pieces = (count + Int(CAJAL_CUDA_SCATTER_PIECE) - 1) / Int(CAJAL_CUDA_SCATTER_PIECE)
    let spans = (width + Int(CAJAL_CUDA_SCATTER_SPAN) - 1) / Int(CAJAL_CUDA_SCATTER_SPAN)
    func memory(_ count: Int) -> [Float] { [Float](repeating: .nan, count: count) }
    let run = machine.runBothWays([
      bits(indices), added, table, memory(2 * chunks * size), memory(2 * count),
      memory(2 * pieces * width),
    ]) { m in
      machine.launch(
        "cajal_sort_indices", file: "scatter.cu", blocks: chunks,
        threads: min(max(size / 2, 32), 1024), m[0], m[3], count, Int32(size))
      if chunks > 1 {
        machine.launch(
          "cajal_merge_indices", file: "scatter.cu", threads: 256, m[3], m[4], count, chunks)
      }
      let keys = chunks > 1 ? m[4] : m[3]
      machine.launch(
        "cajal_scatter_add_rows", file: "scatter.cu", threads: 256, m[1], keys, Float(0.5), m[2],
        m[5], count, width)
      machine.launch(
        "cajal_add_scattered_parts", file: "scatter.cu", blocks: pieces * spans, threads: 256,
        keys, m[5], m[2], count, width)
    }
    return run[2]
  }

  @Test(arguments: KernelTests.devices) func reportsTheFirstWrongIndex(device: Int) {
    let machine = EmulatedDevice(device)
    let cases: [(wrong: [Int: Int], report: [Int])] = [
      ([:], [0, 0]), ([900: 7, 70: -2, 1500: 9], [1, -2]),
    ]
    for (wrong, report) in cases {
      let indices = (0..<2000).map { wrong[$0] ?? $0 % 7 }
      let run = machine.run([bits(indices), bits([0, 0])]) { m in
        machine.launch(
          "cajal_require_indices", file: "gather.cu", blocks: 1, threads: 1024, m[0], 2000, 0, 7,
          m[1])
      }
      #expect(run[1].map { $0.bitPattern } == bits(report).map { $0.bitPattern })
    }
  }

  @Test(arguments: KernelTests.devices) func copiesByStrides(device: Int) {
    let machine = EmulatedDevice(device)
    let cases: [(extents: [Int], strides: [Int], axis: Int?)] = [
      ([5, 8], [12, 1], nil), ([3, 5, 7], [1, 21, 3], nil), ([3, 4, 8], [0, 32, 1], nil),
      ([33, 70], [1, 33], 0), ([3, 40, 35], [1400, 1, 40], 1), ([40, 3, 35], [1, 40, 120], 0),
    ]
    for (extents, strides, axis) in cases {
      var geometry = cajal_cuda_strides()
      geometry.axes = Int32(extents.count)
      withUnsafeMutableBytes(of: &geometry.extents) { bytes in
        extents.withUnsafeBytes { bytes.copyMemory(from: $0) }
      }
      withUnsafeMutableBytes(of: &geometry.strides) { bytes in
        strides.withUnsafeBytes { bytes.copyMemory(from: $0) }
      }
      let x = numbers(zip(extents, strides).reduce(1) { $0 + ($1.0 - 1) * $1.1 })
      let count = extents.reduce(1, *)
      let expected = (0..<count).map { index in
        var rest = index, offset = 0
        for axis in extents.indices.reversed() {
          offset += rest % extents[axis] * strides[axis]
          rest /= extents[axis]
        }
        return x[offset]
      }
      let run = machine.runBothWays([x, [Float](repeating: 0, count: count)]) { m in
        if let axis {
          machine.launch(
            "cajal_strided_copy_transposed", file: "strided_copy.cu", threads: 256, m[0], m[1],
            geometry, Int32(axis))
        } else {
          machine.launch(
            "cajal_strided_copy", file: "strided_copy.cu", threads: 256, m[0], m[1], count,
            geometry)
        }
      }
      #expect(run[1] == expected, "\(extents) by \(strides)")
    }
  }

  @Test(arguments: KernelTests.devices) func reducesRows(device: Int) {
    let machine = EmulatedDevice(device)
    let part = Int(CAJAL_CUDA_ROW_PART)
    for (rows, length) in [(3, 0), (7, 3), (33, 5), (9, 131), (2, 2048), (2, 2 * part + 5)] {
      let x = numbers(rows * length), parts = (length + part - 1) / part
      let isShort = length <= Int(CAJAL_CUDA_SHORT_ROW)
      for operation in [cajal_cuda_sum, cajal_cuda_mean, cajal_cuda_reduce_maximum] {
        let run = machine.runBothWays([x, numbers(rows), numbers(rows * parts)]) { m in
          let first = operation == cajal_cuda_mean ? cajal_cuda_sum : operation
          if !isShort {
            machine.launch(
              "cajal_reduce_row_parts", file: "reduce.cu", threads: 256, Int32(first.rawValue),
              m[0], m[2], rows, length, part, Float(length))
          }
          machine.launch(
            "cajal_reduce_rows", file: "reduce.cu", threads: 256, Int32(operation.rawValue),
            isShort ? m[0] : m[2], m[1], rows, isShort ? length : parts, Float(length))
        }
        let expected = (0..<rows).map { row in
          reduced(x[row * length..<(row + 1) * length], operation)
        }
        expectSame(run[1], expected, "rows of \(length)")
      }
    }
  }

  @Test(arguments: KernelTests.devices) func reducesColumns(device: Int) {
    let machine = EmulatedDevice(device)
    // Among them a short axis, one in parts, and wide rows with and without 16-byte accesses.
    for (outer, length, inner) in [
      (1, 0, 3), (3, 3, 2), (1, 700, 3), (2, 70, 33), (70, 3, 7), (1, 1100, 35), (1, 150, 260),
      (2, 70, 131),
    ] {
      let x = numbers(outer * length * inner)
      let part = Int(cajal_cuda_reduce_part(Int64(outer), Int64(length), Int64(inner)))
      let parts = max((length + part - 1) / part, 1)
      for operation in [cajal_cuda_sum, cajal_cuda_mean, cajal_cuda_reduce_maximum] {
        let run = machine.runBothWays(
          [x, numbers(outer * inner), numbers(outer * parts * inner)]
        ) { m in
          let first = operation == cajal_cuda_mean && parts > 1 ? cajal_cuda_sum : operation
          machine.launch(
            "cajal_reduce_columns", file: "reduce.cu", threads: 256, Int32(first.rawValue), m[0],
            parts > 1 ? m[2] : m[1], outer, length, inner, part, Float(length), Int32(0))
          guard parts > 1 else { return }
          machine.launch(
            "cajal_reduce_columns", file: "reduce.cu", threads: 256, Int32(operation.rawValue),
            m[2], m[1], outer, parts, inner, parts, Float(length), Int32(0))
        }
        let expected = (0..<outer * inner).map { i in
          reduced(
            (0..<length).map { x[(i / inner * length + $0) * inner + i % inner] }[...], operation)
        }
        expectSame(run[1], expected, "\(length) rows of \(inner)")
      }
    }
  }

  /// The gradient of relu, and the sums of its columns, which are added to what is there.
  @Test(arguments: KernelTests.devices) func sumsColumnsOnTheWay(device: Int) {
    let machine = EmulatedDevice(device)
    for (rows, width) in [(3, 2), (700, 3), (1100, 35), (150, 260), (70, 131), (5000, 33)] {
      let (x, y) = (numbers(rows * width), numbers(rows * width, seed: 1))
      let part = Int(cajal_cuda_reduce_part(1, Int64(rows), Int64(width)))
      let parts = (rows + part - 1) / part
      let before = numbers(width, seed: 2)
      let run = machine.runBothWays([x, y, x, before, numbers(parts * width)]) { m in
        let isWhole = parts == 1
        machine.launch(
          "cajal_binary_column_sums", file: "column_sums.cu", threads: 256,
          Int32(cajal_cuda_where_second_positive.rawValue), m[0], m[1], m[2], isWhole ? m[3] : m[4],
          rows, width,
          part, Int32(isWhole ? 1 : 0))
        guard !isWhole else { return }
        machine.launch(
          "cajal_reduce_columns", file: "reduce.cu", threads: 256, Int32(cajal_cuda_sum.rawValue),
          m[4], m[3], 1, parts, width, parts, Float(1), Int32(1))
      }
      let gradients = zip(x, y).map { $1 > 0 ? $0 : 0 }
      #expect(run[2] == gradients)
      let expected = (0..<width).map { column in
        (0..<rows).reduce(Double(before[column])) { $0 + Double(gradients[$1 * width + column]) }
      }
      expectClose(run[3], expected, 2e-5, "\(rows) rows of \(width)")
    }
  }

  private func reduced(_ x: ArraySlice<Float>, _ operation: cajal_cuda_reduce) -> Double {
    if operation == cajal_cuda_reduce_maximum { return Double(x.max() ?? -.infinity) }
    let sum = x.reduce(0) { $0 + Double($1) }
    return operation == cajal_cuda_mean ? sum / Double(x.count) : sum
  }

  /// Like `expectClose`, where NaN is to be NaN.
  private func expectSame(_ result: [Float], _ expected: [Double], _ name: String) {
    #expect(result.map { $0.isNaN } == expected.map { $0.isNaN })
    guard expected.allSatisfy({ !$0.isNaN }) else { return }
    expectClose(result, expected, 2e-5, name)
  }
}
