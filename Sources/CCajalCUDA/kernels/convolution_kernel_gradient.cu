// The gradient of a convolution with respect to its kernel: sums over all positions of the results,
// cut into parts so that small kernels fill the device.

#include "convolution.cuh"

// Backend.convolutionKernelGradient: `[taps * channels / groups, resultChannels]`.
//
// With one part it is added to `kernel_gradient`. Else `kernel_gradient` is memory for
// `[parts, groups, taps * channels / groups, resultChannels / groups]`, and cajal_sum_parts
// follows, with batch = groups, rows = taps * channels / groups, columns and result_batch =
// resultChannels / groups, result_row = resultChannels, and accumulates. Parts, and small or
// sliced, as for cajal_convolution, by shape alone, of positions = images * rows.result *
// columns.result; with one part, positions_per_part = positions. Where there are no positions
// nothing is launched. A convolution with one tap, no padding and stride 1 is better a matrix
// product, and one with few channels per group cajal_convolution_kernel_gradient_few_channels.
//
// Grid: x = ceil(taps * channels / groups / R) * ceil(resultChannels / groups / R), y = 1,
// z = min(groups * parts, 65535), with R = 64 (small), 32 (sliced).
// Block: 128 (small), 256 (sliced). Dynamic shared bytes: 0.

extern "C" __global__ void __launch_bounds__(128, 3) cajal_convolution_kernel_gradient_small(
    const float *x, const float *result_gradient, float *kernel_gradient,
    cajal_cuda_convolution convolution) {
  find_kernel_gradient<ProductShape<2, 2, 2, 1, 16>>(
      x, result_gradient, kernel_gradient, convolution);
}

extern "C" __global__ void __launch_bounds__(256, 2) cajal_convolution_kernel_gradient_sliced(
    const float *x, const float *result_gradient, float *kernel_gradient,
    cajal_cuda_convolution convolution) {
  find_kernel_gradient<ProductShape<1, 1, 2, 1, 64, 8>>(
      x, result_gradient, kernel_gradient, convolution);
}
