import CCajalCUDA
package import CajalTensor
import Foundation

extension CUDABackend {
  /// Notes the first index that is outside of `range`. The program stops when the host next waits.
  package func requireIndices(
    _ indices: Buffer, count: Int, in range: Range<Int>, name: StaticString
  ) {
    guard count > 0 else { return }
    let report = context.indexReports.report(name: "\(name)", range: range)
    launch(
      "cajal_require_indices", grid: Grid(1), block: 1024, indices, count, range.lowerBound,
      range.upperBound, report)
  }

  /// `result[i, :] = scale * table[indices[i], :]`
  package func gatherRows(
    _ table: Buffer, _ indices: Buffer, scale: Float, _ result: Buffer, count: Int, width: Int
  ) {
    let term = SummedRows(rowsOf: table, indices, scale: scale)
    sumRows([term], result, count: count, width: width)
  }

  /// The sums of the terms' rows.
  package func sumRows(_ terms: [SummedRows], _ result: Buffer, count: Int, width: Int) {
    var rest = terms[...]
    while !rest.isEmpty {
      // What does not fit into a launch is added to the sum of the others.
      var part = rest.count < terms.count ? [SummedRows(result, rows: count)] : []
      part += rest.prefix(Int(CAJAL_CUDA_ROW_TERMS) - part.count)
      rest = rest.dropFirst(part.count - (rest.count < terms.count ? 1 : 0))
      launch(
        "cajal_gather_rows", grid: grid(for: count * width, perThread: 4),
        cajal_cuda_row_terms(part), result, count, width)
    }
  }

  /// `table[indices[i], :] += scale * rows[i, :]`, in an order that depends on the indices alone.
  package func scatterAddRows(
    _ rows: Buffer, _ indices: Buffer, scale: Float, to table: Buffer, count: Int, width: Int
  ) {
    guard count > 0 else { return }
    var size = 1
    while size < count, size < Int(CAJAL_CUDA_SORTED_INDICES) { size *= 2 }
    let chunks = (count + size - 1) / size
    var keys = workspace(byteCount: 8 * chunks * size)
    launch(
      "cajal_sort_indices", grid: Grid(chunks), block: min(max(size / 2, 32), 1024), indices, keys,
      count, Int32(size))
    if chunks > 1 {
      let merged = workspace(byteCount: 8 * count)
      launch("cajal_merge_indices", grid: grid(for: chunks * size), keys, merged, count, chunks)
      keys = merged
    }
    let (piece, span) = (Int(CAJAL_CUDA_SCATTER_PIECE), Int(CAJAL_CUDA_SCATTER_SPAN))
    let pieces = (count + piece - 1) / piece
    let units = pieces * ((width + span - 1) / span)
    let partial = workspace(floats: pieces * 2 * width)
    launch(
      "cajal_scatter_add_rows", grid: walkedGrid((units + 7) / 8), rows, keys, scale, table,
      partial, count, width)
    guard pieces > 1 else { return }
    launch("cajal_add_scattered_parts", grid: Grid(units), keys, partial, table, count, width)
  }

  /// The name of a kernel about rows of a width, and a grid for it: a warp for each row that fits
  /// into its registers, else a block.
  func rowKernel(_ name: String, rows: Int, width: Int) -> (name: String, grid: Grid) {
    width <= Int(CAJAL_CUDA_WARP_WIDTH)
      ? (name, walkedGrid((rows + 7) / 8)) : (name + "_wide", walkedGrid(rows))
  }

  /// `rowKernel` of a kernel that has one for rows of twice the width, too.
  func forwardRowKernel(_ name: String, rows: Int, width: Int) -> (name: String, grid: Grid) {
    let narrow = Int(CAJAL_CUDA_WARP_WIDTH)
    guard width > narrow, width <= 2 * narrow else {
      return rowKernel(name, rows: rows, width: width)
    }
    return (name + "_medium", walkedGrid((rows + 7) / 8))
  }

  /// Softmax of each row, or its logarithm.
  package func softmax(_ x: Buffer, _ result: Buffer, rows: Int, width: Int, logarithm: Bool) {
    let kernel = forwardRowKernel("cajal_softmax", rows: rows, width: width)
    launch(kernel.name, grid: kernel.grid, x, result, rows, width, logarithm)
  }

  /// The gradient of softmax.
  package func softmaxGradient(
    y: Buffer, resultGradient: Buffer, _ xGradient: Buffer, rows: Int, width: Int, logarithm: Bool
  ) {
    let kernel = rowKernel("cajal_softmax_gradient", rows: rows, width: width)
    launch(kernel.name, grid: kernel.grid, y, resultGradient, xGradient, rows, width, logarithm)
  }

  /// The cross-entropy of each row against its smoothed label.
  package func crossEntropy(
    logits: Buffer, labels: Buffer, smoothing: Float, _ losses: Buffer, rows: Int, width: Int
  ) {
    crossEntropy(
      logits: logits, labels: labels, smoothing: smoothing, losses, factor: 0, gradient: nil,
      rows: rows, width: width)
  }

  /// The cross-entropy of each row, and the gradient of their sum times `scale / divisor`.
  package func crossEntropy(
    logits: Buffer, labels: Buffer, smoothing: Float, _ losses: Buffer, logitsGradient: Buffer,
    scale: Float, divisor: Float, rows: Int, width: Int
  ) {
    crossEntropy(
      logits: logits, labels: labels, smoothing: smoothing, losses, factor: scale / divisor,
      gradient: logitsGradient, rows: rows, width: width)
  }

  private func crossEntropy(
    logits: Buffer, labels: Buffer, smoothing: Float, _ losses: Buffer, factor: Float,
    gradient: Buffer?, rows: Int, width: Int
  ) {
    let kernel = rowKernel("cajal_cross_entropy", rows: rows, width: width)
    launch(
      kernel.name, grid: kernel.grid, logits, labels, losses, factor, gradient, rows, width,
      cajal_cuda_smoothed_label(smoothing: smoothing, width: width))
  }

  /// The gradient of the sum of the losses, times the element of `scale` over `divisor`.
  package func crossEntropyGradient(
    logits: Buffer, labels: Buffer, smoothing: Float, scale: Buffer, divisor: Float,
    _ logitsGradient: Buffer, rows: Int, width: Int
  ) {
    let kernel = rowKernel("cajal_cross_entropy_gradient", rows: rows, width: width)
    launch(
      kernel.name, grid: kernel.grid, logits, labels, scale, divisor, logitsGradient, rows, width,
      cajal_cuda_smoothed_label(smoothing: smoothing, width: width))
  }
}

extension cajal_cuda_smoothed_label {
  /// The distribution that a label stands for, and its entropy as
  /// ``CajalTensor/Backend/crossEntropy(logits:labels:smoothing:_:rows:width:)`` states it.
  init(smoothing: Float, width: Int) {
    let others = Double(width - 1)
    let onLabel = 1 - Double(smoothing)
    let elsewhere = width > 1 ? Double(smoothing) / others : 0
    let onLabelTerm = onLabel > 0 ? onLabel * log(onLabel) : 0
    self.init(
      on_label: onLabel, elsewhere: elsewhere,
      entropy: -(onLabelTerm + others * elsewhere * log(elsewhere + 1e-20)))
  }
}

extension cajal_cuda_row_terms {
  /// At most as many terms as a launch takes.
  init(_ terms: [SummedRows]) {
    self.init()
    count = Int32(terms.count)
    func fill<Values, Element>(
      _ place: WritableKeyPath<Self, Values>, _ element: (SummedRows) -> Element
    ) {
      unsafe withUnsafeMutableBytes(of: &self[keyPath: place]) { bytes in
        let values = unsafe bytes.assumingMemoryBound(to: Element.self)
        for (index, term) in terms.enumerated() { unsafe values[index] = element(term) }
      }
    }
    unsafe fill(\.tables) { $0.table.kernelValue }
    unsafe fill(\.indices) { $0.indices.kernelValue }
    fill(\.scales) { $0.scale }
    fill(\.rows) { Int64($0.rows) }
  }
}
