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
    let expected = expected().numbers
    for (index, name) in ["result", "log-sum-exp"].enumerated() {
      expectClose(results[5 + index], expected[index], name)
    }
    for (index, name) in ["queries", "keys", "values"].enumerated() {
      expectClose(results[8 + index], expected[2 + index], "gradient of \(name)")
    }
  }

  /// On tensor cores, with errors that follow from those of the operands, of which u is the largest:
  ///
  /// - A product of two operands has an error of at most ρ = (1 + u)² - 1 of its size, so a logit at
  ///   most e, which is ρ times the scaled sum of the sizes of its products.
  /// - A weight, which is divided by the sum of all, has a relative error of at most r = exp(2e) - 1.
  /// - Weights are rounded again where they weigh, so that σ = (1 + r)(1 + ρ) - 1 for results, and
  ///   for gradients of values and projections, relative to the sums of sizes.
  /// - The gradient of a logit is the weight times the difference of a product and a projection:
  ///   (1 + r)(1 + σ) - 1 of their sizes. It is rounded and multiplied again, which gives
  ///   (1 + r)(1 + σ)(1 + ρ) - 1 for gradients of queries and keys.
  @Test(arguments: KernelTests.devices, [32, 64])
  func attendsOnTensorCores(device: Int, columns: Int) {
    let machine = EmulatedDevice(device)
    let (words, attention) = plan
    let sums = [Float](repeating: .nan, count: batch * heads * count)
    let (expected, sizes, logit) = expected()
    for rounding in Rounding.all.dropFirst() {
      let bytes = Int32(rounding.description == "_tf32" ? 4 : 2)
      let width = Int32(columns)
      func shared(ofGradient: Int32) -> Int {
        Int(cajal_cuda_attention_shared_bytes(ofGradient, width, bytes))
      }
      // Two images and heads; their 70 rows are padded to 128, in two blocks or a single one.
      let pairs = batch * heads, paddedRows = 128
      let blocks = 2 / Int(cajal_cuda_attention_row_tiles(width, bytes)) * pairs
      // A float more than lines of float32 take for each of 16 bytes that they are aligned to.
      let lines = [Float](repeating: .nan, count: pairs * paddedRows * columns + 3)
      func aligned(_ address: cajal_cuda_address) -> cajal_cuda_address { (address + 15) / 16 * 16 }
      let results = machine.run(on: [
        words, queries, keys, values, gradient, values, sums, lines, queries, keys, values, lines,
        lines, lines, lines,
      ]) { address in
        let (statistics, keyLines) = (aligned(address[7]), aligned(address[11]))
        let (valueLines, queryLines) = (aligned(address[12]), aligned(address[13]))
        let gradientLines = aligned(address[14])
        machine.launch(
          "cajal_attention_keys_\(columns)\(rounding)", file: "attention_operands_tensor.cu",
          blocks: 2 * pairs, threads: 128, address[2], address[3], keyLines, valueLines, attention)
        machine.launch(
          "cajal_attention_\(columns)\(rounding)", file: "attention_tensor.cu", blocks: blocks,
          threads: 128, sharedBytes: shared(ofGradient: 0), address[1], keyLines, valueLines,
          address[5], address[6], address[0], attention)
        machine.launch(
          "cajal_attention_queries_\(columns)\(rounding)", file: "attention_operands_tensor.cu",
          blocks: 2 * pairs, threads: 128, address[1], address[5], address[4], address[6],
          queryLines, gradientLines, statistics, attention)
        machine.launch(
          "cajal_attention_query_gradient_\(columns)\(rounding)",
          file: "attention_gradient_tensor.cu", blocks: blocks, threads: 128,
          sharedBytes: shared(ofGradient: 1), queryLines, keyLines, valueLines, gradientLines,
          statistics, address[8], address[0], attention)
        machine.launch(
          "cajal_attention_key_gradients_\(columns)\(rounding)",
          file: "attention_gradient_tensor.cu", blocks: blocks, threads: 128,
          sharedBytes: shared(ofGradient: 1), queryLines, keyLines, valueLines, gradientLines,
          statistics, address[9], address[10], address[0], attention)
      }
      let product = rounding.ofProduct
      let weight = exp(2 * product * logit)
      let weighed = weight * (1 + product)
      let slope = weight * weighed * (1 + product) - 1
      let shares = [weighed - 1, product * logit, slope, slope, weighed - 1]
      let names =
        ["result", "log-sum-exp"] + ["queries", "keys", "values"].map { "gradient of \($0)" }
      for (index, place) in [5, 6, 8, 9, 10].enumerated() {
        expectClose(
          results[place], expected[index], sizes: sizes[index], share: shares[index],
          "\(names[index])\(rounding)")
      }
    }
  }

  @Test(arguments: KernelTests.devices, [1, 2]) func attendsByRows(device: Int, parts: Int) {
    let machine = EmulatedDevice(device)
    let (words, attention) = plan
    let pairs = batch * heads
    let partial = [Float](repeating: .nan, count: pairs * parts * (2 + valueWidth))
    let expected = expected().numbers[0]
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

  /// The result, the log-sum-exps, and the gradients of queries, keys and values; for each the sizes
  /// of what it is the sum of; and the largest sum of a logit's scaled products' sizes.
  private func expected() -> (numbers: [[Double]], sizes: [[Double]], logit: Double) {
    let rows = batch * heads * count
    var numbers = [values, [Float](repeating: 0, count: rows), queries, keys, values]
      .map { $0.map { _ in 0.0 } }
    var sizes = numbers, logit = 0.0
    sizes[1] = [Double](repeating: 1, count: rows)
    for pair in 0..<(batch * heads) {
      let (image, head) = pair.quotientAndRemainder(dividingBy: heads)
      func place(_ row: Int, _ width: Int) -> Int { ((image * count + row) * heads + head) * width }
      func dot(
        _ a: [Float], _ i: Int, _ b: [Float], _ j: Int, _ width: Int
      ) -> (sum: Double, size: Double) {
        (0..<width).reduce((0, 0)) {
          let term = Double(a[i + $1]) * Double(b[j + $1])
          return ($0.0 + term, $0.1 + abs(term))
        }
      }
      for row in 0..<count {
        let (q, o) = (place(row, keyWidth), place(row, valueWidth))
        let logits = (0...row).map { dot(queries, q, keys, place($0, keyWidth), keyWidth) }
        logit = max(logit, logits.map { 0.5 * $0.size }.max()!)
        var weights = logits.map { exp(0.5 * $0.sum) }
        let total = weights.reduce(row == 0 ? 2 : 0, +)
        weights = weights.map { $0 / total }
        numbers[1][pair * count + row] = log(total)
        let along = (0...row).map { dot(gradient, o, values, place($0, valueWidth), valueWidth) }
        let projection = zip(weights, along).reduce((0.0, 0.0)) {
          ($0.0 + $1.0 * $1.1.sum, $0.1 + $1.0 * $1.1.size)
        }
        for key in 0...row {
          let (k, v, weight) = (place(key, keyWidth), place(key, valueWidth), weights[key])
          func add(_ index: Int, _ at: Int, _ factor: (Double, Double), _ x: Float) {
            numbers[index][at] += factor.0 * Double(x)
            sizes[index][at] += factor.1 * Double(abs(x))
          }
          for j in 0..<valueWidth {
            add(0, o + j, (weight, weight), values[v + j])
            add(4, v + j, (weight, weight), gradient[o + j])
          }
          let slope = (
            0.5 * weight * (along[key].sum - projection.0),
            0.5 * weight * (along[key].size + projection.1)
          )
          for j in 0..<keyWidth {
            add(2, q + j, slope, keys[k + j])
            add(3, k + j, slope, queries[q + j])
          }
        }
      }
    }
    return (numbers, sizes, logit)
  }
}
