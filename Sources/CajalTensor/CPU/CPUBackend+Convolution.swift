import CCajalKernels

extension CPUBackend {
  /// The convolution of pictures with a kernel, plus one bias per channel: an implicit matrix product that reads
  /// the padded pictures in place.
  public func convolution(
    _ x: UnsafePointer<Float>, kernel: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    _ result: UnsafeMutablePointer<Float>, _ geometry: ConvolutionGeometry
  ) {
    if geometry.isMatrixProduct {
      let product = MatrixProductGeometry(
        rows: geometry.images * geometry.rows.extent * geometry.columns.extent,
        inner: geometry.channels, columns: geometry.resultChannels)
      return matrixProduct(x, kernel, bias: bias, result, product)
    }
    let padding = PicturePadding(forwardOf: geometry)
    let size = geometry.rows.result * geometry.columns.result * geometry.resultChannels
    for group in 0..<geometry.groups {
      let channel = group * geometry.groupResultChannels
      var phase = forwardPhase(geometry, padding, x, kernel, result)
      phase.bias = bias.map { $0 + channel }
      withRight(&phase, kernel + channel, geometry) { phase in
        convolve(images: geometry.images, x, padding, phase) { images, left, phase in
          phase.left = left + group * geometry.groupChannels
          phase.result = result + images.lowerBound * size + channel
        }
      }
    }
  }

  /// The gradient with respect to the pictures: for each phase of the stride a convolution of the padded result's
  /// gradient with the taps that meet it.
  public func convolutionInputGradient(
    resultGradient: UnsafePointer<Float>, kernel: UnsafePointer<Float>,
    _ xGradient: UnsafeMutablePointer<Float>, _ geometry: ConvolutionGeometry
  ) {
    if geometry.isMatrixProduct {
      var product = MatrixProductGeometry(
        rows: geometry.images * geometry.rows.extent * geometry.columns.extent,
        inner: geometry.resultChannels, columns: geometry.channels)
      product.transposesRight = true
      return matrixProduct(resultGradient, kernel, bias: nil, xGradient, product)
    }
    let size = geometry.rows.extent * geometry.columns.extent * geometry.channels
    let rows = StridePhase.phases(of: geometry.rows)
    let columns = StridePhase.phases(of: geometry.columns)
    if !(rows + columns).allSatisfy({ $0.taps > 0 }) {
      fill(xGradient, with: 0, count: geometry.images * size)
    }
    let padding = PicturePadding(gradientOf: geometry, rows, columns)
    for group in 0..<geometry.groups {
      for row in rows where row.taps > 0 && row.count > 0 {
        for column in columns where column.taps > 0 && column.count > 0 {
          let phase = gradientPhase(
            geometry, padding, (row, column), resultGradient, kernel, xGradient)
          let taps =
            kernel + group * geometry.groupResultChannels
            + (row.offset * geometry.columns.kernel + column.offset) * geometry.groupChannels
            * geometry.resultChannels
          withTransposedRight(phase, taps, geometry) { phase in
            convolve(images: geometry.images, resultGradient, padding, phase) {
              images, left, phase in
              phase.left =
                left + group * geometry.groupResultChannels
                + ((row.first + padding.rows.before) * padding.width + column.first
                  + padding.columns.before) * padding.channels
              phase.result =
                xGradient + images.lowerBound * size + group * geometry.groupChannels
                + (row.firstPosition * geometry.columns.extent + column.firstPosition)
                * geometry.channels
            }
          }
        }
      }
    }
  }

  /// The gradient with respect to the kernel, which is added to: pictures in their order, taps side by side.
  public func convolutionKernelGradient(
    _ x: UnsafePointer<Float>, resultGradient: UnsafePointer<Float>,
    _ kernelGradient: UnsafeMutablePointer<Float>, _ geometry: ConvolutionGeometry
  ) {
    if geometry.isMatrixProduct {
      var product = MatrixProductGeometry(
        rows: geometry.channels,
        inner: geometry.images * geometry.rows.extent * geometry.columns.extent,
        columns: geometry.resultChannels)
      product.transposesLeft = true
      product.accumulates = true
      return matrixProduct(x, resultGradient, bias: nil, kernelGradient, product)
    }
    let padding = PicturePadding(forwardOf: geometry)
    let positions = geometry.rows.result * geometry.columns.result
    let taps = geometry.rows.kernel * geometry.columns.kernel
    let perTap = geometry.groupChannels * geometry.resultChannels
    inPicturePieces(geometry.images, positions: positions, sequentially: true) { images in
      withPadded(x, images, padding) { left in
        for group in 0..<geometry.groups {
          let channel = group * geometry.groupResultChannels
          var phase = forwardPhase(geometry, padding, left, resultGradient, kernelGradient)
          phase.left = left + group * geometry.groupChannels
          let gradient = resultGradient + images.lowerBound * positions * geometry.resultChannels
          concurrently(taps, every: Piece.grain(perTap * positions * images.count)) { tap in
            var phase = phase
            kernels.pointee.convolution_kernel_gradient(
              &phase, gradient + channel, images.count * positions, tap, tap + 1,
              kernelGradient + channel, geometry.resultChannels, perTap)
          }
        }
      }
    }
  }

  /// Pads pictures, some at a time, and convolves them; `place` sets where a piece's operands are.
  private func convolve(
    images: Int, _ x: UnsafePointer<Float>, _ padding: PicturePadding, _ phase: cajal_convolution,
    _ place: (Range<Int>, UnsafePointer<Float>, inout cajal_convolution) -> Void
  ) {
    let positions = phase.height * phase.width
    let perPosition = phase.tap_rows * phase.tap_columns * phase.inner * phase.columns
    inPicturePieces(images, positions: positions) { images in
      withPadded(x, images, padding) { left in
        var phase = phase
        place(images, left, &phase)
        let count = images.count * positions
        inPieces(of: max(Piece.positions, Piece.grain(perPosition)), count) { piece in
          var phase = phase
          kernels.pointee.convolution(&phase, piece.lowerBound, piece.upperBound)
        }
      }
    }
  }

  /// Calls `body` for pieces of pictures with about ``Piece/positions`` positions, or one picture.
  private func inPicturePieces(
    _ images: Int, positions: Int, sequentially: Bool = false, _ body: (Range<Int>) -> Void
  ) {
    let size = max(1, 2 * Piece.positions / max(positions, 1))
    guard sequentially else { return inPieces(of: size, images, body) }
    for start in stride(from: 0, to: images, by: size) {
      body(start..<min(start + size, images))
    }
  }

  /// Calls `body` with pictures of which every tap of every position can be read: copies with zeros around them, or
  /// where none are needed the pictures themselves.
  private func withPadded(
    _ x: UnsafePointer<Float>, _ images: Range<Int>, _ padding: PicturePadding,
    _ body: (UnsafePointer<Float>) -> Void
  ) {
    let from = x + images.lowerBound * padding.sourceSize
    guard padding.isNeeded else { return body(from) }
    withScratch(images.count * padding.size) { padded in
      for image in 0..<images.count {
        padding.copy(from + image * padding.sourceSize, to: padded + image * padding.size)
      }
      body(padded)
    }
  }

  /// Calls `body` with the kernel as the right operand: as it is where its columns fill vectors, else packed.
  private func withRight(
    _ phase: inout cajal_convolution, _ kernel: UnsafePointer<Float>,
    _ geometry: ConvolutionGeometry, _ body: (cajal_convolution) -> Void
  ) {
    let perTap = geometry.groupChannels * geometry.resultChannels
    if geometry.groupResultChannels % kernels.pointee.lanes == 0, geometry.resultChannels <= 256 {
      phase.right = kernel
      phase.right_panel = kernels.pointee.convolution_panel(phase.columns)
      phase.right_tap = perTap
      phase.right_step = geometry.resultChannels
      return body(phase)
    }
    withPackedRight(
      phase,
      cajal_convolution_kernel(
        elements: kernel, tap_row_step: geometry.columns.kernel * perTap, tap_column_step: perTap,
        inner_step: geometry.resultChannels, column_step: 1), body)
  }

  /// Calls `body` with every stride-th tap of the kernel, from the first one on, each transposed.
  private func withTransposedRight(
    _ phase: cajal_convolution, _ kernel: UnsafePointer<Float>, _ geometry: ConvolutionGeometry,
    _ body: (cajal_convolution) -> Void
  ) {
    let perTap = geometry.groupChannels * geometry.resultChannels
    withPackedRight(
      phase,
      cajal_convolution_kernel(
        elements: kernel, tap_row_step: geometry.rows.stride * geometry.columns.kernel * perTap,
        tap_column_step: geometry.columns.stride * perTap, inner_step: 1,
        column_step: geometry.resultChannels), body)
  }

  private func withPackedRight(
    _ phase: cajal_convolution, _ kernel: cajal_convolution_kernel,
    _ body: (cajal_convolution) -> Void
  ) {
    let width = kernels.pointee.convolution_panel(phase.columns)
    let panels = (phase.columns + width - 1) / width
    let taps = phase.tap_rows * phase.tap_columns
    withScratch(panels * width * taps * phase.inner) { packed in
      var (phase, kernel) = (phase, kernel)
      kernels.pointee.convolution_pack(&phase, &kernel, packed)
      phase.right = UnsafePointer(packed)
      phase.right_panel = taps * phase.inner * width
      phase.right_tap = phase.inner * width
      phase.right_step = width
      body(phase)
    }
  }

  /// The forward pass of one group over padded pictures. The operands are those of the first group as they are:
  /// pieces set their own.
  private func forwardPhase(
    _ geometry: ConvolutionGeometry, _ padding: PicturePadding, _ x: UnsafePointer<Float>,
    _ kernel: UnsafePointer<Float>, _ result: UnsafeMutablePointer<Float>
  ) -> cajal_convolution {
    let (row, column) = (padding.width * padding.channels, padding.channels)
    let resultRow = geometry.columns.result * geometry.resultChannels
    return cajal_convolution(
      left: x, right: kernel, bias: nil, result: result,
      height: geometry.rows.result, width: geometry.columns.result,
      left_image: padding.size, left_row: geometry.rows.stride * row,
      left_column: geometry.columns.stride * column,
      result_image: geometry.rows.result * resultRow, result_row: resultRow,
      result_column: geometry.resultChannels,
      tap_rows: geometry.rows.kernel, tap_columns: geometry.columns.kernel,
      tap_row_step: row, tap_column_step: column,
      right_panel: 0, right_tap: 0, right_step: 0,
      inner: geometry.groupChannels, columns: geometry.groupResultChannels, accumulates: 0)
  }

  /// One phase of the gradient of one group. The operands are those of the first group as they are: pieces set
  /// their own.
  private func gradientPhase(
    _ geometry: ConvolutionGeometry, _ padding: PicturePadding, _ phase: (StridePhase, StridePhase),
    _ resultGradient: UnsafePointer<Float>, _ kernel: UnsafePointer<Float>,
    _ xGradient: UnsafeMutablePointer<Float>
  ) -> cajal_convolution {
    let (row, column) = (padding.width * padding.channels, padding.channels)
    let resultRow = geometry.columns.extent * geometry.channels
    // A later tap meets an earlier position of the result.
    return cajal_convolution(
      left: resultGradient, right: kernel, bias: nil, result: xGradient,
      height: phase.0.count, width: phase.1.count,
      left_image: padding.size, left_row: row, left_column: column,
      result_image: geometry.rows.extent * resultRow,
      result_row: geometry.rows.stride * resultRow,
      result_column: geometry.columns.stride * geometry.channels,
      tap_rows: phase.0.taps, tap_columns: phase.1.taps,
      tap_row_step: -row, tap_column_step: -column,
      right_panel: 0, right_tap: 0, right_step: 0,
      inner: geometry.groupResultChannels, columns: geometry.groupChannels, accumulates: 0)
  }
}

/// How convolutions are cut into pieces; no result depends on it.
private enum Piece {
  /// Positions of a piece.
  static let positions = 256

  /// How many times so many multiply-adds amortize the dispatch to a thread.
  static func grain(_ multiplications: Int) -> Int {
    max(1, (1 << 19) / max(multiplications, 1))
  }
}

extension ConvolutionGeometry {
  /// Whether the convolution is the product of the positions' channels with one matrix.
  fileprivate var isMatrixProduct: Bool {
    groups == 1 && [rows, columns].allSatisfy { $0.kernel == 1 && $0.stride == 1 }
  }
}
