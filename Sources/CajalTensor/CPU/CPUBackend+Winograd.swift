import CajalSupport
import CCajalKernels

/// A 3 × 3 convolution of stride 1 by Winograd's minimal filtering: the forward pass, or the
/// gradient of the input, which is a convolution of the result's gradient with the flipped,
/// transposed kernel.
///
/// Whether it is used depends on kernel and channels alone, never on the number or the size of
/// pictures, so that a picture has the same bits in every batch, and a band of rows that begins at
/// a multiple of four those of the whole.
@unsafe struct WinogradConvolution {
  /// Positions of a tile's side in the result.
  static let side = ConvolutionGeometry.tile

  let images: Int
  let rows: PicturePadding.Axis, columns: PicturePadding.Axis
  let resultRows: Int, resultColumns: Int
  let channels: Int, resultChannels: Int
  let kernel: cajal_convolution_kernel

  /// Whether a convolution can be computed this way and has enough channels for the transforms to
  /// pay.
  static func serves(_ geometry: ConvolutionGeometry) -> Bool {
    [geometry.rows, geometry.columns].allSatisfy { $0.kernel == 3 && $0.stride == 1 }
      && geometry.groups == 1 && min(geometry.channels, geometry.resultChannels) >= 16
  }

  /// The forward pass.
  init(forwardOf geometry: ConvolutionGeometry, kernel: UnsafePointer<Float>) {
    unsafe images = geometry.images
    unsafe (resultRows, resultColumns) = (geometry.rows.result, geometry.columns.result)
    unsafe (channels, resultChannels) = (geometry.channels, geometry.resultChannels)
    unsafe rows = unsafe Self.axis(
      geometry.rows.extent, before: geometry.rows.before, result: resultRows)
    unsafe columns = unsafe Self.axis(
      geometry.columns.extent, before: geometry.columns.before, result: resultColumns)
    let perTap = unsafe channels * resultChannels
    unsafe self.kernel = unsafe cajal_convolution_kernel(
      elements: kernel, tap_row_step: 3 * perTap, tap_column_step: perTap,
      inner_step: resultChannels, column_step: 1)
  }

  /// The gradient of the input.
  init(gradientOf geometry: ConvolutionGeometry, kernel: UnsafePointer<Float>) {
    unsafe images = geometry.images
    unsafe (resultRows, resultColumns) = (geometry.rows.extent, geometry.columns.extent)
    unsafe (channels, resultChannels) = (geometry.resultChannels, geometry.channels)
    unsafe rows = unsafe Self.axis(
      geometry.rows.result, before: 2 - geometry.rows.before, result: resultRows)
    unsafe columns = unsafe Self.axis(
      geometry.columns.result, before: 2 - geometry.columns.before, result: resultColumns)
    let perTap = unsafe channels * resultChannels
    unsafe self.kernel = unsafe cajal_convolution_kernel(
      elements: kernel + 8 * perTap, tap_row_step: -3 * perTap, tap_column_step: -perTap,
      inner_step: 1, column_step: channels)
  }

  /// Padded so that whole tiles can be read.
  private static func axis(_ extent: Int, before: Int, result: Int) -> PicturePadding.Axis {
    let read = unsafe (result + side - 1) / side * side + 2
    return PicturePadding.Axis(extent: extent, before: before, after: read - extent - before)
  }

  var padding: PicturePadding {
    unsafe PicturePadding(rows: rows, columns: columns, channels: channels)
  }

  var tilesPerImage: Int {
    unsafe (resultRows + Self.side - 1) / Self.side * ((resultColumns + Self.side - 1) / Self.side)
  }

  /// The convolution of padded pictures.
  func convolution(
    _ left: UnsafePointer<Float>, bias: UnsafePointer<Float>?, _ result: UnsafeMutablePointer<Float>
  ) -> cajal_convolution {
    let (padding, row) = unsafe (padding, resultColumns * resultChannels)
    return unsafe cajal_convolution(
      left: left, right: kernel.elements, bias: bias, result: result,
      height: resultRows, width: resultColumns,
      left_image: padding.size, left_row: padding.width * channels, left_column: channels,
      result_image: resultRows * row, result_row: row, result_column: resultChannels,
      tap_rows: 3, tap_columns: 3,
      tap_row_step: padding.width * channels, tap_column_step: channels,
      right_panel: 0, right_tap: 0, right_step: 0,
      inner: channels, columns: resultChannels)
  }
}

extension CPUBackend {
  /// Tiles of a piece: as many as the kernels work on at a time.
  private var tilesPerPiece: Int { 32 }

  /// A convolution.
  func convolve(
    _ winograd: WinogradConvolution, _ x: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    _ result: UnsafeMutablePointer<Float>
  ) {
    let padding = unsafe winograd.padding
    let whole = unsafe winograd.convolution(x, bias: bias, result)
    unsafe withPoints(whole, winograd.kernel) { points in
      unsafe inPieces(of: picturesPerPiece(winograd), winograd.images) { images in
        unsafe withPadded(x, images, padding) { left in
          let convolution = unsafe winograd.convolution(
            left, bias: bias, result + images.lowerBound * whole.result_image)
          unsafe inPieces(of: tilesPerPiece, images.count * winograd.tilesPerImage) { tiles in
            var convolution = unsafe convolution
            unsafe withScratch(kernels.pointee.winograd_scratch(&convolution)) { scratch in
              unsafe kernels.pointee.winograd(
                &convolution, points, tiles.lowerBound, tiles.upperBound, scratch)
            }
          }
        }
      }
    }
  }

  /// Adds to the gradient of the kernel of a forward pass. Parts of the pictures, which depend on
  /// the shapes alone, are summed side by side and added in their order.
  func addKernelGradient(
    _ winograd: WinogradConvolution, _ x: UnsafePointer<Float>,
    resultGradient: UnsafePointer<Float>, to kernelGradient: UnsafeMutablePointer<Float>
  ) {
    let (padding, images) = unsafe (winograd.padding, winograd.images)
    var whole = unsafe winograd.convolution(x, bias: nil, kernelGradient)
    let parts = unsafe max(1, min(2, images, images * winograd.tilesPerImage / 128))
    let count = unsafe kernels.pointee.winograd_points(&whole)
    unsafe withScratch(parts * count) { sums in
      Threads.concurrentPerform(parts) { part in
        let sums = unsafe sums + part * count
        unsafe fill(sums, with: 0, count: count)
        let end = (part + 1) * images / parts
        for start in unsafe stride(
          from: part * images / parts, to: end, by: picturesPerPiece(winograd))
        {
          let some = unsafe start..<min(start + picturesPerPiece(winograd), end)
          unsafe withPadded(x, some, padding) { left in
            var convolution = unsafe winograd.convolution(left, bias: nil, kernelGradient)
            unsafe withScratch(kernels.pointee.winograd_scratch(&convolution)) { scratch in
              unsafe kernels.pointee.winograd_sums(
                &convolution, resultGradient + start * whole.result_image, 0,
                some.count * winograd.tilesPerImage, sums, scratch)
            }
          }
        }
      }
      for part in 1..<max(parts, 1) {
        unsafe kernels.pointee.add_scaled(sums + part * count, 1, sums, count)
      }
      unsafe kernels.pointee.winograd_kernel_gradient(
        &whole, sums, kernelGradient, winograd.resultChannels,
        winograd.channels * winograd.resultChannels)
    }
  }

  /// Pictures of a piece: enough tiles that reading the points' matrices once for all of them pays.
  private func picturesPerPiece(_ winograd: WinogradConvolution) -> Int {
    unsafe max(1, tilesPerPiece / winograd.tilesPerImage)
  }

  /// Calls `body` with the points' matrices of a kernel.
  private func withPoints(
    _ convolution: cajal_convolution, _ kernel: cajal_convolution_kernel,
    _ body: (UnsafePointer<Float>) -> Void
  ) {
    var convolution = unsafe convolution
    let width = unsafe kernels.pointee.convolution_panel(convolution.columns)
    let padded = unsafe (convolution.columns + width - 1) / width * width
    unsafe withScratch(kernels.pointee.winograd_points(&convolution)) { points in
      unsafe withScratch(9 * convolution.inner * padded) { packed in
        var kernel = unsafe kernel
        unsafe kernels.pointee.convolution_pack(&convolution, &kernel, packed)
        unsafe kernels.pointee.winograd_kernel(&convolution, packed, points)
      }
      unsafe body(points)
    }
  }
}
