public import CajalTensor

/// A convolution of 3 × 3 that keeps the pictures' size and the number of channels, and its
/// gradients.
public final class TimedConvolution {
  private let geometry: ConvolutionGeometry
  private let pictures, kernel, bias, gradient: Tensor<Float>
  private var kernelGradient: Tensor<Float>

  /// The convolution of square pictures.
  public init(images: Int, side: Int, channels: Int, on device: Device = .cpu) {
    let axis = ConvolutionGeometry.Axis(extent: side, kernel: 3, stride: 1, before: 1, after: 1)
    geometry = ConvolutionGeometry(
      images: images, rows: axis, columns: axis, channels: channels, resultChannels: channels)
    pictures = timedOperand(geometry.pictureShape, seed: 1, on: device)
    kernel = timedOperand(geometry.kernelShape, seed: 2, on: device)
    bias = timedOperand([channels], seed: 3, on: device)
    gradient = timedOperand(geometry.resultShape, seed: 4, on: device)
    kernelGradient = timedOperand(geometry.kernelShape, seed: 6, on: device)
  }

  /// Computes the result.
  public func forward() {
    _ = pictures.convolved(kernel, bias: bias, geometry)
    pictures.device.synchronize()
  }

  /// Computes the gradient of the pictures.
  public func inputGradient() {
    var result = Tensor<Float>(uninitialized: geometry.pictureShape, on: pictures.device)
    result.storeConvolutionInputGradient(
      gradient, kernel, geometry, accumulates: false, at: 0)
    pictures.device.synchronize()
  }

  /// Adds the gradient of the kernel.
  public func addKernelGradient() {
    kernelGradient.addConvolutionKernelGradient(pictures, gradient, geometry, at: 0)
    pictures.device.synchronize()
  }
}
