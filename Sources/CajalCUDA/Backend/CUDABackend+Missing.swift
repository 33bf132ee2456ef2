import CajalSupport
package import CajalTensor

/// The primitives that have no kernels yet.
///
/// There is no silent fallback to the CPU: a call of one of these stops the program with its name.
/// Who writes one removes its line and its method from this file.
package enum MissingPrimitives {
  /// The name of each, with the file that it goes to: `Rows` is `CUDABackend+Rows.swift`.
  package static let files = [
    "convolution": "Convolution",
    "convolutionInputGradient": "Convolution",
    "convolutionKernelGradient": "Convolution",
    "groupNorm": "Normalization",
    "groupNormGradient": "Normalization",
    "sumBlocks": "Pictures",
    "repeatBlocks": "Pictures",
    "logisticMixture": "Pixels",
    "causalContext": "Pixels",
  ]
}

extension CUDABackend {
  private func stop(_ function: String = #function) -> Never {
    let primitive = String(function.prefix { $0 != "(" })
    let file = MissingPrimitives.files[primitive] ?? "Missing"
    requirementFailure(
      "\(name) has no kernels for \(primitive) yet: they go to CUDABackend+\(file).swift")
  }

  /// Missing.
  package func convolution(
    _ x: Buffer, kernel: Buffer, bias: Buffer?, _ result: Buffer, _ geometry: ConvolutionGeometry
  ) {
    stop()
  }

  /// Missing.
  package func convolutionInputGradient(
    resultGradient: Buffer, kernel: Buffer, _ xGradient: Buffer, _ geometry: ConvolutionGeometry
  ) {
    stop()
  }

  /// Missing.
  package func convolutionKernelGradient(
    _ x: Buffer, resultGradient: Buffer, _ kernelGradient: Buffer, _ geometry: ConvolutionGeometry
  ) {
    stop()
  }

  /// Missing.
  package func groupNorm(
    _ x: Buffer, scale: Buffer, bias: Buffer, _ result: Buffer, statistics: Buffer,
    _ geometry: GroupNormGeometry, epsilon: Float
  ) {
    stop()
  }

  /// Missing.
  package func groupNormGradient(
    _ x: Buffer, scale: Buffer, statistics: Buffer, resultGradient: Buffer, _ xGradient: Buffer,
    scaleGradient: Buffer, biasGradient: Buffer, _ geometry: GroupNormGeometry
  ) {
    stop()
  }

  /// Missing.
  package func sumBlocks(_ x: Buffer, scale: Float, _ result: Buffer, _ geometry: BlockGeometry) {
    stop()
  }

  /// Missing.
  package func repeatBlocks(_ x: Buffer, scale: Float, _ result: Buffer, _ geometry: BlockGeometry)
  {
    stop()
  }

  /// Missing.
  package func logisticMixture(
    parameters: Buffer, values: Buffer, locations: Buffer, _ losses: Buffer, gradient: Buffer?,
    rows: Int, _ geometry: LogisticMixtureGeometry
  ) {
    stop()
  }

  /// Missing.
  package func causalContext(
    targets: Buffer, means: Buffer, inputs: Buffer?, pixels: Buffer, _ result: Buffer, count: Int,
    _ geometry: CausalContextGeometry
  ) {
    stop()
  }
}
