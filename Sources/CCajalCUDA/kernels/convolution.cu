// Convolutions as matrix products whose left operand is read from the pictures in place.

#include "convolution_tile.cuh"

/// One tile of the result of a group: positions by channels.
template <typename Shape>
__device__ inline void convolve(
    const float *x, const float *kernel, const float *bias, float *result,
    const cajal_cuda_convolution &c) {
  __align__(16) __shared__ float left_tiles[Shape::LEFT_FLOATS];
  __align__(16) __shared__ float right_tiles[Shape::RIGHT_FLOATS];
  int group_channels = c.channels / c.groups, group_results = c.result_channels / c.groups;
  int column_tiles = (group_results + Shape::COLUMNS - 1) / Shape::COLUMNS;
  int column = (int)blockIdx.x % column_tiles * Shape::COLUMNS;
  int row = (int)blockIdx.x / column_tiles * Shape::ROWS;
  int rows = smaller(c.images * c.rows.result * c.columns.result - row, Shape::ROWS);
  int columns = smaller(group_results - column, Shape::COLUMNS);
  int group = (int)blockIdx.z;
  PatchSource source = {
      x + group * group_channels, c.rows.extent, c.columns.extent, c.channels, group_channels,
      c.rows.kernel, c.columns.kernel, 1};
  PatchPositions positions = {
      c.rows.result, c.columns.result, -c.rows.before, -c.columns.before, c.rows.stride,
      c.columns.stride};
  int channel = group * group_results + column;
  PatchRowsTile<Shape::ROWS, Shape::DEPTH, Shape::THREADS> left(source, positions, row, rows);
  ColumnsTile<Shape::COLUMNS, Shape::DEPTH, Shape::THREADS> right(
      kernel + channel, c.result_channels, columns, source.inner());
  ProductSums<Shape> sums;
  sums.clear();
  int steps = (source.inner() + Shape::DEPTH - 1) / Shape::DEPTH;
  multiply<Shape>(left, right, steps, left_tiles, right_tiles, sums);
  ProductResult target = {
      result + (int64)row * c.result_channels + channel, c.result_channels, rows, columns,
      bias != nullptr ? bias + channel : nullptr, 0, 0};
  target.store(sums);
}

// Backend.convolution; `bias` may be null. A convolution with one tap, no padding and stride 1 is
// better a matrix product, and one with few channels per group cajal_convolution_few_channels.
// Positions are images * rows.result * columns.result. Take by the channels of a group's result and
// the number of blocks: narrow up to 32 channels; large from 96 channels where that makes at least
// 128 blocks; else small. Nothing is launched for an empty result.
//
// Grid: x = ceil(positions / R) * ceil(resultChannels / groups / C), y = 1, z = groups (at most
// 65535), with R by C = 128 by 128 (large), 64 by 64 (small), 128 by 32 (narrow).
// Block: 256 (large), 128 (small, narrow). Dynamic shared bytes: 0.

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

extern "C" __global__ void __launch_bounds__(128, 3) cajal_convolution_narrow(
    const float *x, const float *kernel, const float *bias, float *result,
    cajal_cuda_convolution convolution) {
  convolve<ProductShape<4, 1, 2, 1, 16>>(x, kernel, bias, result, convolution);
}
