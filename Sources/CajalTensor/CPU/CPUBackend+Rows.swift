import CCajalKernels

extension CPUBackend {
  /// Pieces of rows with about ``elementsPerPiece`` elements.
  private func inPiecesOfRows(_ rows: Int, width: Int, _ body: (Range<Int>) -> Void) {
    inPieces(of: max(elementsPerPiece / max(width, 1), 1), rows, body)
  }

  /// `result[i, :] = scale * table[indices[i], :]`
  package func gatherRows(
    _ table: UnsafePointer<Float>, _ indices: UnsafePointer<Int32>, scale: Float,
    _ result: UnsafeMutablePointer<Float>, count: Int, width: Int
  ) {
    inPiecesOfRows(count, width: width) { piece in
      let start = piece.lowerBound
      unsafe kernels.pointee.gather_rows(
        table, indices + start, scale, result + start * width, piece.count, width)
    }
  }

  /// `table[indices[i], :] += scale * rows[i, :]`, in ascending order of i.
  package func scatterAddRows(
    _ rows: UnsafePointer<Float>, _ indices: UnsafePointer<Int32>, scale: Float,
    to table: UnsafeMutablePointer<Float>, count: Int, width: Int
  ) {
    unsafe kernels.pointee.scatter_add_rows(rows, indices, scale, table, count, width)
  }

  /// Softmax of each row, or its logarithm.
  package func softmax(
    _ x: UnsafePointer<Float>, _ result: UnsafeMutablePointer<Float>, rows: Int, width: Int,
    logarithm: Bool
  ) {
    inPiecesOfRows(rows, width: width) { piece in
      let offset = piece.lowerBound * width
      unsafe kernels.pointee.softmax(
        x + offset, result + offset, piece.count, width, logarithm ? 1 : 0)
    }
  }

  /// The gradient of the softmax of each row, or of its logarithm.
  package func softmaxGradient(
    y: UnsafePointer<Float>, resultGradient: UnsafePointer<Float>,
    _ xGradient: UnsafeMutablePointer<Float>, rows: Int, width: Int, logarithm: Bool
  ) {
    inPiecesOfRows(rows, width: width) { piece in
      let offset = piece.lowerBound * width
      unsafe kernels.pointee.softmax_gradient(
        y + offset, resultGradient + offset, xGradient + offset, piece.count, width,
        logarithm ? 1 : 0)
    }
  }

  /// Layer normalization of each row.
  package func layerNorm(
    _ x: UnsafePointer<Float>, scale: UnsafePointer<Float>, bias: UnsafePointer<Float>,
    _ result: UnsafeMutablePointer<Float>, statistics: UnsafeMutablePointer<Float>?,
    rows: Int, width: Int, epsilon: Float
  ) {
    inPiecesOfRows(rows, width: width) { piece in
      let start = piece.lowerBound
      unsafe kernels.pointee.layer_norm(
        x + start * width, scale, bias, result + start * width,
        statistics.map { unsafe $0 + start * 2 }, piece.count, width, epsilon)
    }
  }

  /// The gradients of layer normalization.
  package func layerNormGradient(
    _ x: UnsafePointer<Float>, scale: UnsafePointer<Float>, statistics: UnsafePointer<Float>,
    resultGradient: UnsafePointer<Float>, _ xGradient: UnsafeMutablePointer<Float>,
    scaleGradient: UnsafeMutablePointer<Float>, biasGradient: UnsafeMutablePointer<Float>,
    rows: Int, width: Int
  ) {
    // The rows' gradients of scale and bias are summed piece by piece, so that neither the number
    // of threads nor a long sum of small terms shows in the result.
    let size = 256
    let pieces = (rows + size - 1) / size
    unsafe withScratch(pieces * 2 * width) { sums in
      unsafe fill(sums, with: 0, count: pieces * 2 * width)
      concurrently(pieces, every: max(1, elementsPerPiece / max(size * width, 1))) { index in
        let start = index * size
        let sum = unsafe sums + index * 2 * width
        unsafe kernels.pointee.layer_norm_gradient(
          x + start * width, scale, statistics + start * 2, resultGradient + start * width,
          xGradient + start * width, sum, sum + width, min(size, rows - start), width)
      }
      for index in 0..<pieces {
        let sum = unsafe sums + index * 2 * width
        unsafe kernels.pointee.add_scaled(sum, 1, scaleGradient, width)
        unsafe kernels.pointee.add_scaled(sum + width, 1, biasGradient, width)
      }
    }
  }

  /// The cross-entropy of each row against its smoothed label, minus its least value.
  package func crossEntropy(
    logits: UnsafePointer<Float>, labels: UnsafePointer<Int32>, smoothing: Float,
    _ losses: UnsafeMutablePointer<Float>, rows: Int, width: Int
  ) {
    inPiecesOfRows(rows, width: width) { piece in
      let start = piece.lowerBound
      unsafe kernels.pointee.cross_entropy(
        logits + start * width, labels + start, smoothing, losses + start, piece.count, width)
    }
  }

  /// `scale` times the gradient of the sum of the losses with respect to the logits.
  package func crossEntropyGradient(
    logits: UnsafePointer<Float>, labels: UnsafePointer<Int32>, smoothing: Float, scale: Float,
    _ logitsGradient: UnsafeMutablePointer<Float>, rows: Int, width: Int
  ) {
    inPiecesOfRows(rows, width: width) { piece in
      let start = piece.lowerBound
      unsafe kernels.pointee.cross_entropy_gradient(
        logits + start * width, labels + start, smoothing, scale, logitsGradient + start * width,
        piece.count, width)
    }
  }
}
