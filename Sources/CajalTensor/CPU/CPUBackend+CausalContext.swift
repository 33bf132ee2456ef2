import CajalSupport
import CCajalKernels

extension CPUBackend {
  /// What is known of pixels before they are decoded.
  package func causalContext(
    targets: UnsafePointer<Float>, means: UnsafePointer<Float>, inputs: UnsafePointer<Float>?,
    pixels: UnsafePointer<Int32>, _ result: UnsafeMutablePointer<Float>, count: Int,
    _ geometry: CausalContextGeometry
  ) {
    let context = unsafe cajal_causal_context(
      targets: targets, means: means, inputs: inputs, rows: geometry.rows,
      columns: geometry.columns, channels: geometry.channels, ratio: geometry.ratio ?? 1,
      residual_scale: CausalContextGeometry.residualScale)
    let shared = unsafe UncheckedSendable(context)
    inPieces(of: max(elementsPerPiece / geometry.width, 1), count) { piece in
      let start = piece.lowerBound
      unsafe withUnsafePointer(to: shared.value) { context in
        unsafe kernels.pointee.causal_context(
          context, pixels + start, result + start * geometry.width, piece.count)
      }
    }
  }
}
