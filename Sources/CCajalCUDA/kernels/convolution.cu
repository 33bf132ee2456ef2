// Convolutions as matrix products whose left operand is read from the pictures in place.

#include "convolution.cuh"

// Backend.convolution; `bias` may be null. A convolution with one tap, no padding and stride 1 is
// better a matrix product, and one with few channels per group cajal_convolution_few_channels.
// Positions are images * rows.result * columns.result. Take by the channels of a group's result and
// the number of blocks: large from 96 channels where that makes at least 128 blocks; else narrow up
// to 32 channels and small from 33, where that makes at least 192 blocks; else sliced. Nothing is
// launched for an empty result.
//
// With `parts` > 1 the sums over taps and channels are cut into parts: `bias` is null, `result` is
// memory for `[parts, positions, resultChannels]`, and cajal_sum_parts follows. The fewest parts
// that make 256 blocks, each of at least 512 summed elements; narrow and small tiles are also taken
// where they make 192 blocks with parts, large ones have none.
//
// Grid: x = ceil(positions / R) * ceil(resultChannels / groups / C), y = 1, z = groups * parts (at
// most 65535), with R by C = 128 by 128 (large), 64 by 64 (small), 128 by 32 (narrow), 32 by 32
// (sliced). Block: 256 (large, sliced), 128 (small, narrow). Dynamic shared bytes: 0.

extern "C" __global__ void __launch_bounds__(256, 2) cajal_convolution_large(
    const float *x, const float *kernel, const float *bias, float *result,
    cajal_cuda_convolution convolution) {
  convolve<ProductShape<4, 2, 2, 2, 8>>(x, kernel, bias, result, convolution);
}

extern "C" __global__ void __launch_bounds__(128, 3) cajal_convolution_small(
    const float *x, const float *kernel, const float *bias, float *result,
    cajal_cuda_convolution convolution) {
  convolve<ProductShape<2, 2, 2, 1, 16>>(x, kernel, bias, result, convolution);
}

extern "C" __global__ void __launch_bounds__(128, 4) cajal_convolution_narrow(
    const float *x, const float *kernel, const float *bias, float *result,
    cajal_cuda_convolution convolution) {
  convolve<ProductShape<4, 1, 2, 1, 16>>(x, kernel, bias, result, convolution);
}

extern "C" __global__ void __launch_bounds__(256, 2) cajal_convolution_sliced(
    const float *x, const float *kernel, const float *bias, float *result,
    cajal_cuda_convolution convolution) {
  convolve<ProductShape<1, 1, 2, 1, 64, 8>>(x, kernel, bias, result, convolution);
}
