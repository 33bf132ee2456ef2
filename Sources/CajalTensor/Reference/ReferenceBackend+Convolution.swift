extension ReferenceBackend {
  /// The convolution of pictures with a kernel, plus one bias per channel.
  package func convolution(
    _ x: UnsafePointer<Float>, kernel: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    _ result: UnsafeMutablePointer<Float>, _ geometry: ConvolutionGeometry
  ) {
    var sums = [Double](
      repeating: 0, count: geometry.resultShape.count)
    if let bias = unsafe bias {
      for i in sums.indices { sums[i] = unsafe Double(bias[i % geometry.resultChannels]) }
    }
    geometry.forEachProduct { source, weight, target in
      unsafe sums[target] += Double(x[source]) * Double(kernel[weight])
    }
    for i in sums.indices { unsafe result[i] = Float(sums[i]) }
  }

  /// The gradient with respect to the pictures, overwritten.
  package func convolutionInputGradient(
    resultGradient: UnsafePointer<Float>, kernel: UnsafePointer<Float>,
    _ xGradient: UnsafeMutablePointer<Float>, _ geometry: ConvolutionGeometry
  ) {
    var sums = [Double](
      repeating: 0,
      count: geometry.images * geometry.rows.extent * geometry.columns.extent * geometry.channels)
    geometry.forEachProduct { source, weight, target in
      unsafe sums[source] += Double(resultGradient[target]) * Double(kernel[weight])
    }
    for i in sums.indices { unsafe xGradient[i] = Float(sums[i]) }
  }

  /// The gradient with respect to the kernel, which is added to.
  package func convolutionKernelGradient(
    _ x: UnsafePointer<Float>, resultGradient: UnsafePointer<Float>,
    _ kernelGradient: UnsafeMutablePointer<Float>, _ geometry: ConvolutionGeometry
  ) {
    var sums = [Double](repeating: 0, count: geometry.kernelShape.count)
    geometry.forEachProduct { source, weight, target in
      unsafe sums[weight] += Double(resultGradient[target]) * Double(x[source])
    }
    for i in sums.indices {
      unsafe kernelGradient[i] = unsafe Float(Double(kernelGradient[i]) + sums[i])
    }
  }

  /// `scale` times the sum of each block of positions.
  package func sumBlocks(
    _ x: UnsafePointer<Float>, scale: Float, _ result: UnsafeMutablePointer<Float>,
    _ geometry: BlockGeometry
  ) {
    var sums = [Double](
      repeating: 0,
      count: geometry.images * geometry.rows * geometry.columns * geometry.channels)
    geometry.forEachElement { block, position in unsafe sums[block] += Double(x[position]) }
    for i in sums.indices { unsafe result[i] = Float(Double(scale) * sums[i]) }
  }

  /// `scale` times each position at every position of its block.
  package func repeatBlocks(
    _ x: UnsafePointer<Float>, scale: Float, _ result: UnsafeMutablePointer<Float>,
    _ geometry: BlockGeometry
  ) {
    geometry.forEachElement { block, position in unsafe result[position] = unsafe scale * x[block] }
  }
}

extension ConvolutionGeometry {
  /// Visits every product of the convolution, with the elements of picture, kernel and result that
  /// it is about.
  fileprivate func forEachProduct(_ body: (_ source: Int, _ weight: Int, _ target: Int) -> Void) {
    for image in 0..<images {
      for y in 0..<rows.result {
        for x in 0..<columns.result {
          let target = ((image * rows.result + y) * columns.result + x) * resultChannels
          forEachTap(y, x) { tap, row, column in
            let source = ((image * rows.extent + row) * columns.extent + column) * channels
            for channel in 0..<resultChannels {
              let group = channel / groupResultChannels
              for inner in 0..<groupChannels {
                body(
                  source + group * groupChannels + inner,
                  (tap * groupChannels + inner) * resultChannels + channel, target + channel)
              }
            }
          }
        }
      }
    }
  }

  /// Visits the taps of one position that lie within the picture.
  private func forEachTap(
    _ y: Int, _ x: Int, _ body: (_ tap: Int, _ row: Int, _ column: Int) -> Void
  ) {
    for i in 0..<rows.kernel {
      let row = y * rows.stride + i - rows.before
      guard (0..<rows.extent).contains(row) else { continue }
      for j in 0..<columns.kernel {
        let column = x * columns.stride + j - columns.before
        guard (0..<columns.extent).contains(column) else { continue }
        body(i * columns.kernel + j, row, column)
      }
    }
  }
}

extension BlockGeometry {
  /// Visits every element of the pictures with the element of the block that it is in.
  fileprivate func forEachElement(_ body: (_ block: Int, _ position: Int) -> Void) {
    let width = columns * factor
    for row in 0..<images * rows * factor {
      for column in 0..<width {
        let block = (row / factor * columns + column / factor) * channels
        for channel in 0..<channels {
          body(block + channel, (row * width + column) * channels + channel)
        }
      }
    }
  }
}
