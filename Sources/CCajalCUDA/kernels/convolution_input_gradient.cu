// The gradient of a convolution with respect to its pictures, in float32.

#include "convolution_input_gradient.cuh"

// Backend.convolutionInputGradient. One with few channels per group is better
// cajal_convolution_input_gradient_few_channels. Positions are images * ceil(rows.extent /
// rows.stride) * ceil(columns.extent / columns.stride). Large, small, narrow or sliced as for
// cajal_convolution, by the picture's channels of a group. Nothing is launched for empty pictures.
//
// With `parts` > 1 the sums over taps and channels are cut into parts, as those of
// cajal_convolution: `x_gradient` is memory for `[parts, images, rows, columns, channels]`, and
// cajal_sum_parts follows.
//
// Grid: x = ceil(positions / R) * ceil(channels / groups / C), y = 1,
// z = min(groups * rows.stride * columns.stride * parts, 65535),
// with R by C = 128 by 128 (large), 64 by 64 (small), 128 by 32 (narrow), 32 by 32 (sliced).
// Block: 256 (large, sliced), 128 (small, narrow). Dynamic shared bytes: 0.

extern "C" __global__ void __launch_bounds__(256, 2) cajal_convolution_input_gradient_large(
    const float *result_gradient, const float *kernel, float *x_gradient,
    cajal_cuda_convolution convolution) {
  find_input_gradient<ProductShape<4, 2, 2, 2, 8>, false>(
      result_gradient, kernel, x_gradient, convolution);
}

extern "C" __global__ void __launch_bounds__(128, 3) cajal_convolution_input_gradient_small(
    const float *result_gradient, const float *kernel, float *x_gradient,
    cajal_cuda_convolution convolution) {
  find_input_gradient<ProductShape<2, 2, 2, 1, 16>>(
      result_gradient, kernel, x_gradient, convolution);
}

extern "C" __global__ void __launch_bounds__(128, 2) cajal_convolution_input_gradient_narrow(
    const float *result_gradient, const float *kernel, float *x_gradient,
    cajal_cuda_convolution convolution) {
  find_input_gradient<ProductShape<4, 1, 2, 1, 16>>(
      result_gradient, kernel, x_gradient, convolution);
}

extern "C" __global__ void __launch_bounds__(256, 1) cajal_convolution_input_gradient_sliced(
    const float *result_gradient, const float *kernel, float *x_gradient,
    cajal_cuda_convolution convolution) {
  find_input_gradient<ProductShape<1, 1, 2, 1, 64, 8>>(
      result_gradient, kernel, x_gradient, convolution);
}
