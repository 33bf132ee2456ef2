package import CajalTensor

extension ForwardingBackend {
  /// Hands it on.
  package func matrixProduct(
    _ left: Buffer, _ right: Buffer, bias: Buffer?, _ result: Buffer,
    _ geometry: MatrixProductGeometry
  ) {
    submit {
      [left = own(left), right = own(right), bias = bias.map(own), result = own(result)] base in
      base.matrixProduct(left, right, bias: bias, result, geometry)
    }
  }

  /// Hands it on.
  package func convolution(
    _ x: Buffer, kernel: Buffer, bias: Buffer?, _ result: Buffer, _ geometry: ConvolutionGeometry
  ) {
    submit { [x = own(x), kernel = own(kernel), bias = bias.map(own), result = own(result)] base in
      base.convolution(x, kernel: kernel, bias: bias, result, geometry)
    }
  }

  /// Hands it on.
  package func convolutionInputGradient(
    resultGradient: Buffer, kernel: Buffer, _ xGradient: Buffer, accumulates: Bool,
    _ geometry: ConvolutionGeometry
  ) {
    submit {
      [resultGradient = own(resultGradient), kernel = own(kernel), xGradient = own(xGradient)] base
      in
      base.convolutionInputGradient(
        resultGradient: resultGradient, kernel: kernel, xGradient,
        accumulates: accumulates, geometry)
    }
  }

  /// Hands it on.
  package func convolutionKernelGradient(
    _ x: Buffer, resultGradient: Buffer, _ kernelGradient: Buffer, _ geometry: ConvolutionGeometry
  ) {
    submit {
      [x = own(x), resultGradient = own(resultGradient), kernelGradient = own(kernelGradient)] base
      in
      base.convolutionKernelGradient(x, resultGradient: resultGradient, kernelGradient, geometry)
    }
  }

  /// Hands it on.
  package func groupNorm(
    _ x: Buffer, scale: Buffer, bias: Buffer, _ result: Buffer, statistics: Buffer,
    _ geometry: GroupNormGeometry, epsilon: Float
  ) {
    submit {
      [
        x = own(x), scale = own(scale), bias = own(bias), result = own(result),
        statistics = own(statistics)
      ] base in
      base.groupNorm(
        x, scale: scale, bias: bias, result, statistics: statistics, geometry, epsilon: epsilon)
    }
  }

  /// Hands it on.
  package func groupNormGradient(
    _ x: Buffer, scale: Buffer, statistics: Buffer, resultGradient: Buffer, _ xGradient: Buffer,
    scaleGradient: Buffer, biasGradient: Buffer, _ geometry: GroupNormGeometry
  ) {
    submit {
      [
        x = own(x), scale = own(scale), statistics = own(statistics),
        resultGradient = own(resultGradient), xGradient = own(xGradient),
        scaleGradient = own(scaleGradient), biasGradient = own(biasGradient)
      ] base in
      base.groupNormGradient(
        x, scale: scale, statistics: statistics, resultGradient: resultGradient, xGradient,
        scaleGradient: scaleGradient, biasGradient: biasGradient, geometry)
    }
  }

  /// Hands it on.
  package func sumBlocks(_ x: Buffer, scale: Float, _ result: Buffer, _ geometry: BlockGeometry) {
    submit { [x = own(x), result = own(result)] base in
      base.sumBlocks(x, scale: scale, result, geometry)
    }
  }

  /// Hands it on.
  package func repeatBlocks(_ x: Buffer, scale: Float, _ result: Buffer, _ geometry: BlockGeometry)
  {
    submit { [x = own(x), result = own(result)] base in
      base.repeatBlocks(x, scale: scale, result, geometry)
    }
  }
}
