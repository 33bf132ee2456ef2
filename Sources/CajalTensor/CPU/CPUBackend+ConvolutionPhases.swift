import CCajalKernels

// A convolution as the kernels take it: its strides, and its kernel as the right operand of a
// product.
extension CPUBackend {
  /// Calls `body` with the kernel as the right operand: as it is where its columns fill panels,
  /// else packed.
  func withRight(
    _ phase: inout cajal_convolution, _ kernel: UnsafePointer<Float>,
    _ geometry: ConvolutionGeometry, _ body: (cajal_convolution) -> Void
  ) {
    let perTap = geometry.groupChannels * geometry.resultChannels
    let width = unsafe kernels.pointee.convolution_panel(phase.columns)
    if unsafe phase.columns % width == 0, geometry.resultChannels <= 256 {
      unsafe phase.right = unsafe kernel
      unsafe phase.right_panel = width
      unsafe phase.right_tap = perTap
      unsafe phase.right_step = geometry.resultChannels
      return unsafe body(phase)
    }
    unsafe withPackedRight(
      phase,
      cajal_convolution_kernel(
        elements: kernel, tap_row_step: geometry.columns.kernel * perTap, tap_column_step: perTap,
        inner_step: geometry.resultChannels, column_step: 1), body)
  }

  /// Calls `body` with every stride-th tap of the kernel, from the first one on, each transposed.
  func withTransposedRight(
    _ phase: cajal_convolution, _ kernel: UnsafePointer<Float>, _ geometry: ConvolutionGeometry,
    _ body: (cajal_convolution) -> Void
  ) {
    let perTap = geometry.groupChannels * geometry.resultChannels
    unsafe withPackedRight(
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
    let width = unsafe kernels.pointee.convolution_panel(phase.columns)
    let panels = unsafe (phase.columns + width - 1) / width
    let taps = unsafe phase.tap_rows * phase.tap_columns
    unsafe withScratch(panels * width * taps * phase.inner) { packed in
      var (phase, kernel) = unsafe (phase, kernel)
      unsafe kernels.pointee.convolution_pack(&phase, &kernel, packed)
      unsafe phase.right = unsafe UnsafePointer(packed)
      unsafe phase.right_panel = unsafe taps * phase.inner * width
      unsafe phase.right_tap = unsafe phase.inner * width
      unsafe phase.right_step = width
      unsafe body(phase)
    }
  }

  /// The forward pass of one group over padded pictures. The operands are those of the first group
  /// as they are: pieces set their own.
  func forwardPhase(
    _ geometry: ConvolutionGeometry, _ padding: PicturePadding, _ x: UnsafePointer<Float>,
    _ kernel: UnsafePointer<Float>, _ result: UnsafeMutablePointer<Float>
  ) -> cajal_convolution {
    let (row, column) = (padding.width * padding.channels, padding.channels)
    let resultRow = geometry.columns.result * geometry.resultChannels
    return unsafe cajal_convolution(
      left: x, right: kernel, bias: nil, result: result,
      height: geometry.rows.result, width: geometry.columns.result,
      left_image: padding.size, left_row: geometry.rows.stride * row,
      left_column: geometry.columns.stride * column,
      result_image: geometry.rows.result * resultRow, result_row: resultRow,
      result_column: geometry.resultChannels,
      tap_rows: geometry.rows.kernel, tap_columns: geometry.columns.kernel,
      tap_row_step: row, tap_column_step: column,
      right_panel: 0, right_tap: 0, right_step: 0,
      inner: geometry.groupChannels, columns: geometry.groupResultChannels)
  }

  /// One phase of the gradient of one group. The operands are those of the first group as they are:
  /// pieces set their own.
  func gradientPhase(
    _ geometry: ConvolutionGeometry, _ padding: PicturePadding, _ phase: (StridePhase, StridePhase),
    _ resultGradient: UnsafePointer<Float>, _ kernel: UnsafePointer<Float>,
    _ xGradient: UnsafeMutablePointer<Float>
  ) -> cajal_convolution {
    let (row, column) = (padding.width * padding.channels, padding.channels)
    let resultRow = geometry.columns.extent * geometry.channels
    // A later tap meets an earlier position of the result.
    return unsafe cajal_convolution(
      left: resultGradient, right: kernel, bias: nil, result: xGradient,
      height: phase.0.count, width: phase.1.count,
      left_image: padding.size, left_row: row, left_column: column,
      result_image: geometry.rows.extent * resultRow,
      result_row: geometry.rows.stride * resultRow,
      result_column: geometry.columns.stride * geometry.channels,
      tap_rows: phase.0.taps, tap_columns: phase.1.taps,
      tap_row_step: -row, tap_column_step: -column,
      right_panel: 0, right_tap: 0, right_step: 0,
      inner: geometry.groupResultChannels, columns: geometry.groupChannels)
  }
}
