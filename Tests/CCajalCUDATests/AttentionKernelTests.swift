import CCajalCUDA
import Foundation
import Testing

/// Causal attention of 70 queries, two images and two heads of widths 6 and 8. Query 0 has two
/// padding keys.
@Suite struct AttentionKernelTests {
  let count = 70, batch = 2, heads = 2, keyWidth = 6, valueWidth = 8
  let queries, keys, values, gradient: [Float]

  init() {
    queries = numbers(batch * count * heads * keyWidth, seed: 1)
    keys = numbers(batch * count * heads * keyWidth, seed: 2)
    values = numbers(batch * count * heads * valueWidth, seed: 3)
    gradient = numbers(batch * count * heads * valueWidth, seed: 4)
  }

  /// The plan's words as numbers, and the attention's description.
  private var plan: (words: [Float], attention: cajal_cuda_attention) {
    // Two masks: the first tile's triangle, and that of the six queries of the second one.
    let masks = [64, 6].flatMap { rows in
      (0..<64).flatMap { query -> [UInt32] in
        let bits: UInt64 = query < rows ? UInt64.max >> UInt64(63 - query) : 0
        return [UInt32(truncatingIfNeeded: bits), UInt32(bits >> 32)]
      }
    }
    let entries: [Int32] = [0, 0, 0, -1, 1, 1]
    let transposed: [Int32] = [0, 0, 1, -1, 1, 1]
    let starts: [Int32] = [0, 1, 3] + [0, 2, 3]
    let words =
      (starts + entries + transposed).map(UInt32.init(bitPattern:)) + masks
      + [Float(2).bitPattern] + [UInt32](repeating: 0, count: count - 1)
    var attention = cajal_cuda_attention()
    attention.batch = Int64(batch)
    attention.heads = Int64(heads)
    attention.query_count = Int64(count)
    attention.key_count = Int64(count)
    attention.key_width = Int64(keyWidth)
    attention.value_width = Int64(valueWidth)
    attention.key_starts = 3
    attention.query_entries = 6
    attention.key_entries = 12
    attention.masks = 18
    attention.padding_key_counts = 18 + 256
    attention.scale = 0.5
    return (words.map(Float.init(bitPattern:)), attention)
  }

  @Test(arguments: KernelTests.devices, [32, 64, 128])
  func attendsWithGradients(device: Int, columns: Int) {
    let machine = EmulatedDevice(device)
    let (words, attention) = plan
    let sums = [Float](repeating: .nan, count: batch * heads * count)
    let results = machine.run(on: [
      words, queries, keys, values, gradient, values, sums, sums, queries, keys, values,
    ]) { address in
      let blocks = 2 * batch * heads
      machine.launch(
        "cajal_attention_\(columns)", file: "attention.cu", blocks: blocks, threads: 128,
        address[1], address[2], address[3], address[5], address[6], address[0], attention)
      machine.launch(
        "cajal_attention_projections", file: "attention_gradient.cu", threads: 256, address[5],
        address[4], address[7], attention)
      for operand in 0..<3 {
        machine.launch(
          "cajal_attention_gradient_\(columns)", file: "attention_gradient.cu", blocks: blocks,
          threads: 128, Int32(operand), address[1], address[2], address[3], address[4], address[6],
          address[7], address[8 + operand], address[0], attention)
      }
    }
    let expected = expected()
    for (index, name) in ["result", "log-sum-exp"].enumerated() {
      expectClose(results[5 + index], expected[index], name)
    }
    for (index, name) in ["queries", "keys", "values"].enumerated() {
      expectClose(results[8 + index], expected[2 + index], "gradient of \(name)")
    }
  }

  @Test(arguments: KernelTests.devices, [1, 2]) func attendsByRows(device: Int, parts: Int) {
    let machine = EmulatedDevice(device)
    let (words, attention) = plan
    let pairs = batch * heads
    let partial = [Float](repeating: .nan, count: pairs * parts * (2 + valueWidth))
    let expected = expected()[0]
    for row in [0, 1, 63, 69] {
      let results = machine.run(on: [
        words, pick(row, of: queries, heads * keyWidth), keys, values, keys, values,
        pick(row, of: values, heads * valueWidth), partial,
      ]) { address in
        machine.launch(
          "cajal_cache_attention", file: "attention_row.cu", threads: 256, address[2], address[3],
          address[4], address[5], 0, count, attention)
        machine.launch(
          "cajal_attention_row", file: "attention_row.cu", blocks: pairs * parts, threads: 128, row,
          address[1], address[4], address[5], address[6], address[7], parts, address[0], attention)
        guard parts > 1 else { return }
        machine.launch(
          "cajal_attention_row_parts", file: "attention_row.cu", threads: 128, row, address[7],
          address[6], parts, address[0], attention)
      }
      let own = pick(row, of: expected, heads * valueWidth)
      expectClose(results[6], own, "row \(row) in \(parts) parts")
    }
  }

  /// A row of each image.
  private func pick<Number>(_ row: Int, of x: [Number], _ width: Int) -> [Number] {
    var result: [Number] = []
    for image in 0..<batch {
      let start = (image * count + row) * width
      result += x[start..<(start + width)]
    }
    return result
  }

  /// The result, the log-sum-exps, and the gradients of queries, keys and values.
  private func expected() -> [[Double]] {
    var result = values.map { _ in 0.0 }
    var sums = [Double](repeating: 0, count: batch * heads * count)
    var gradients = [queries, keys, values].map { $0.map { _ in 0.0 } }
    for pair in 0..<(batch * heads) {
      let (image, head) = pair.quotientAndRemainder(dividingBy: heads)
      func place(_ row: Int, _ width: Int) -> Int { ((image * count + row) * heads + head) * width }
      func dot(_ a: [Float], _ i: Int, _ b: [Float], _ j: Int, _ width: Int) -> Double {
        (0..<width).reduce(0) { $0 + Double(a[i + $1]) * Double(b[j + $1]) }
      }
      for row in 0..<count {
        let (q, o) = (place(row, keyWidth), place(row, valueWidth))
        var weights = (0...row).map {
          exp(0.5 * dot(queries, q, keys, place($0, keyWidth), keyWidth))
        }
        let total = weights.reduce(row == 0 ? 2 : 0, +)
        weights = weights.map { $0 / total }
        sums[pair * count + row] = log(total)
        let along = (0...row).map { dot(gradient, o, values, place($0, valueWidth), valueWidth) }
        let projection = zip(weights, along).reduce(0) { $0 + $1.0 * $1.1 }
        for key in 0...row {
          let (k, v) = (place(key, keyWidth), place(key, valueWidth))
          let slope = 0.5 * weights[key] * (along[key] - projection)
          for j in 0..<valueWidth {
            result[o + j] += weights[key] * Double(values[v + j])
            gradients[2][v + j] += weights[key] * Double(gradient[o + j])
          }
          for j in 0..<keyWidth {
            gradients[0][q + j] += slope * Double(keys[k + j])
            gradients[1][k + j] += slope * Double(queries[q + j])
          }
        }
      }
    }
    return [result, sums] + gradients
  }
}
