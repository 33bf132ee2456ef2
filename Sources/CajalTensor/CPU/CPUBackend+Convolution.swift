import CajalSupport
import CCajalKernels

extension CPUBackend {
  /// The convolution of pictures with a kernel, plus one bias per channel: an implicit matrix
  /// product that reads the padded pictures in place.
  package func convolution(
    _ x: UnsafePointer<Float>, kernel: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    _ result: UnsafeMutablePointer<Float>, _ geometry: ConvolutionGeometry
  ) {
    if geometry.isMatrixProduct {
      let product = MatrixProductGeometry(
        rows: geometry.images * geometry.rows.extent * geometry.columns.extent,
        inner: geometry.channels, columns: geometry.resultChannels)
      return unsafe matrixProduct(x, kernel, bias: bias, result, product)
    }
    if unsafe WinogradConvolution.serves(geometry) {
      let winograd = unsafe WinogradConvolution(forwardOf: geometry, kernel: kernel)
      return withThreads(worthwhileFor: geometry) {
        unsafe convolve(winograd, x, bias: bias, result)
      }
    }
    let padding = PicturePadding(forwardOf: geometry)
    let size = geometry.rows.result * geometry.columns.result * geometry.resultChannels
    for group in 0..<geometry.groups {
      let channel = group * geometry.groupResultChannels
      var phase = unsafe forwardPhase(geometry, padding, x, kernel, result)
      unsafe phase.bias = unsafe bias.map { unsafe $0 + channel }
      unsafe withRight(&phase, kernel + channel, geometry) { phase in
        unsafe convolve(images: geometry.images, x, padding, phase) { images, left, phase in
          unsafe phase.left = unsafe left + group * geometry.groupChannels
          unsafe phase.result = unsafe result + images.lowerBound * size + channel
        }
      }
    }
  }

  /// The gradient with respect to the pictures: for each phase of the stride a convolution of the
  /// padded result's gradient with the taps that meet it.
  package func convolutionInputGradient(
    resultGradient: UnsafePointer<Float>, kernel: UnsafePointer<Float>,
    _ xGradient: UnsafeMutablePointer<Float>, _ geometry: ConvolutionGeometry
  ) {
    if geometry.isMatrixProduct {
      var product = MatrixProductGeometry(
        rows: geometry.images * geometry.rows.extent * geometry.columns.extent,
        inner: geometry.resultChannels, columns: geometry.channels)
      product.transposesRight = true
      return unsafe matrixProduct(resultGradient, kernel, bias: nil, xGradient, product)
    }
    if unsafe WinogradConvolution.serves(geometry) {
      let winograd = unsafe WinogradConvolution(gradientOf: geometry, kernel: kernel)
      return withThreads(worthwhileFor: geometry) {
        unsafe convolve(winograd, resultGradient, bias: nil, xGradient)
      }
    }
    let size = geometry.rows.extent * geometry.columns.extent * geometry.channels
    let rows = StridePhase.phases(of: geometry.rows)
    let columns = StridePhase.phases(of: geometry.columns)
    if !(rows + columns).allSatisfy({ $0.taps > 0 }) {
      unsafe fill(xGradient, with: 0, count: geometry.images * size)
    }
    let padding = PicturePadding(gradientOf: geometry, rows, columns)
    for group in 0..<geometry.groups {
      for row in rows where row.taps > 0 && row.count > 0 {
        for column in columns where column.taps > 0 && column.count > 0 {
          let phase = unsafe gradientPhase(
            geometry, padding, (row, column), resultGradient, kernel, xGradient)
          let taps =
            unsafe kernel + group * geometry.groupResultChannels
            + (row.offset * geometry.columns.kernel + column.offset) * geometry.groupChannels
            * geometry.resultChannels
          unsafe withTransposedRight(phase, taps, geometry) { phase in
            unsafe convolve(images: geometry.images, resultGradient, padding, phase) {
              images, left, phase in
              unsafe phase.left =
                unsafe left + group * geometry.groupResultChannels
                + ((row.first + padding.rows.before) * padding.width + column.first
                  + padding.columns.before) * padding.channels
              unsafe phase.result =
                unsafe xGradient + images.lowerBound * size + group * geometry.groupChannels
                + (row.firstPosition * geometry.columns.extent + column.firstPosition)
                * geometry.channels
            }
          }
        }
      }
    }
  }

  /// The gradient with respect to the kernel, which is added to: pictures in their order, taps side
  /// by side.
  package func convolutionKernelGradient(
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
      return unsafe matrixProduct(x, resultGradient, bias: nil, kernelGradient, product)
    }
    if unsafe WinogradConvolution.serves(geometry) {
      let winograd = unsafe WinogradConvolution(forwardOf: geometry, kernel: x)
      return withThreads(worthwhileFor: geometry) {
        unsafe addKernelGradient(winograd, x, resultGradient: resultGradient, to: kernelGradient)
      }
    }
    let padding = PicturePadding(forwardOf: geometry)
    let positions = geometry.rows.result * geometry.columns.result
    let taps = geometry.rows.kernel * geometry.columns.kernel
    let perTap = geometry.groupChannels * geometry.resultChannels
    inPicturePieces(geometry.images, positions: positions, sequentially: true) { images in
      unsafe withPadded(x, images, padding) { left in
        for group in 0..<geometry.groups {
          let channel = group * geometry.groupResultChannels
          var phase = unsafe forwardPhase(geometry, padding, left, resultGradient, kernelGradient)
          unsafe phase.left = unsafe left + group * geometry.groupChannels
          let gradient =
            unsafe resultGradient + images.lowerBound * positions * geometry.resultChannels
          concurrently(taps, every: Piece.grain(perTap * positions * images.count)) { tap in
            var phase = unsafe phase
            unsafe kernels.pointee.convolution_kernel_gradient(
              &phase, gradient + channel, images.count * positions, tap, tap + 1,
              kernelGradient + channel, geometry.resultChannels, perTap)
          }
        }
      }
    }
  }

  /// Calls `body` with as many threads as there may be, or with one where waking another takes as
  /// long as all of the work.
  private func withThreads(worthwhileFor geometry: ConvolutionGeometry, _ body: () -> Void) {
    let isWorthwhile = geometry.multiplications >= Piece.multiplicationsWorthThreads
    if isWorthwhile { body() } else { Threads.limited(to: 1, body) }
  }

  /// Pads pictures, some at a time, and convolves them; `place` sets where a piece's operands are.
  private func convolve(
    images: Int, _ x: UnsafePointer<Float>, _ padding: PicturePadding, _ phase: cajal_convolution,
    _ place: (Range<Int>, UnsafePointer<Float>, inout cajal_convolution) -> Void
  ) {
    let positions = unsafe phase.height * phase.width
    let perPosition = unsafe phase.tap_rows * phase.tap_columns * phase.inner * phase.columns
    inPicturePieces(images, positions: positions) { images in
      unsafe withPadded(x, images, padding) { left in
        var phase = unsafe phase
        unsafe place(images, left, &phase)
        let count = images.count * positions
        inPieces(of: max(Piece.positions, Piece.grain(perPosition)), count) { piece in
          var phase = unsafe phase
          unsafe kernels.pointee.convolution(&phase, piece.lowerBound, piece.upperBound)
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

  /// Calls `body` with pictures of which every tap of every position can be read: copies with zeros
  /// around them, or where none are needed the pictures themselves.
  func withPadded(
    _ x: UnsafePointer<Float>, _ images: Range<Int>, _ padding: PicturePadding,
    _ body: (UnsafePointer<Float>) -> Void
  ) {
    let from = unsafe x + images.lowerBound * padding.sourceSize
    guard padding.isNeeded else { return unsafe body(from) }
    unsafe withScratch(images.count * padding.size) { padded in
      for image in 0..<images.count {
        unsafe padding.copy(from + image * padding.sourceSize, to: padded + image * padding.size)
      }
      unsafe body(padded)
    }
  }
}

/// How convolutions are cut into pieces; no result depends on it.
private enum Piece {
  /// Positions of a piece.
  static let positions = 256

  /// Multiply-adds of the plain sum from which on several threads pay: Winograd's filtering takes a
  /// few tenths of a millisecond for them, and waking a thread about one.
  static let multiplicationsWorthThreads = 1 << 27

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
