// Convolutions as matrix products whose left operand is read from the pictures in place, and the
// gradients of their kernels, in float32 and on tensor cores.
#pragma once

#include "convolution_tile.cuh"

/// One tile of the result of a group, or of a part of its sums: positions by channels.
template <typename Shape>
__device__ inline void convolve(
    const float *x, const float *kernel, const float *bias, float *result,
    const cajal_cuda_convolution &c) {
  __align__(16) __shared__ typename Shape::Element left_tiles[2 * Shape::LEFT_TILE];
  __align__(16) __shared__ typename Shape::Element right_tiles[2 * Shape::RIGHT_TILE];
  int group_channels = c.channels / c.groups, group_results = c.result_channels / c.groups;
  int column_tiles = (group_results + Shape::COLUMNS - 1) / Shape::COLUMNS;
  int column = (int)blockIdx.x % column_tiles * Shape::COLUMNS;
  int row = (int)blockIdx.x / column_tiles * Shape::ROWS;
  int position_count = c.images * c.rows.result * c.columns.result;
  int rows = smaller(position_count - row, Shape::ROWS);
  int columns = smaller(group_results - column, Shape::COLUMNS);
  int part_number = (int)blockIdx.z / c.groups, group = (int)blockIdx.z - part_number * c.groups;
  PatchSource source = {
      x + group * group_channels, c.rows.extent, c.columns.extent, c.channels, group_channels,
      c.rows.kernel, c.columns.kernel, 1};
  PatchPositions positions = {
      c.rows.result, c.columns.result, -c.rows.before, -c.columns.before, c.rows.stride,
      c.columns.stride};
  int channel = group * group_results + column;
  SummedPart part(source.inner(), c.parts, part_number);
  PatchRowsTile<typename Shape::LeftRows> left(source, positions, row, rows, part);
  typename Shape::template ColumnsOperand<typename Shape::RightColumns> right(
      kernel + channel + (int64)part.start * c.result_channels, c.result_channels, columns,
      part.count);
  typename Shape::Sums sums;
  sums.clear();
  int steps = (part.count + Shape::DEPTH - 1) / Shape::DEPTH;
  multiply<Shape>(left, right, steps, left_tiles, right_tiles, sums);
  ProductResult target = {
      result + ((int64)part_number * position_count + row) * c.result_channels + channel,
      c.result_channels, rows, columns, bias != nullptr ? bias + channel : nullptr, 0,
      c.parts == 1 ? c.relu : 0};
  int64 stride = c.result_channels;
  store_sums<Shape>(sums, target, left_tiles, right_tiles, [stride](int i) { return i * stride; });
}

/// One tile of the gradient of a group's part of the kernel, and of a part of the positions.
template <typename Shape>
__device__ inline void find_kernel_gradient(
    const float *x, const float *result_gradient, float *kernel_gradient,
    const cajal_cuda_convolution &c) {
  __align__(16) __shared__ typename Shape::Element left_tiles[2 * Shape::LEFT_TILE];
  __align__(16) __shared__ typename Shape::Element right_tiles[2 * Shape::RIGHT_TILE];
  int group_channels = c.channels / c.groups, group_results = c.result_channels / c.groups;
  int row_count = c.rows.kernel * c.columns.kernel * group_channels;
  int column_tiles = (group_results + Shape::COLUMNS - 1) / Shape::COLUMNS;
  int column = (int)blockIdx.x % column_tiles * Shape::COLUMNS;
  int row = (int)blockIdx.x / column_tiles * Shape::ROWS;
  int rows = smaller(row_count - row, Shape::ROWS);
  int columns = smaller(group_results - column, Shape::COLUMNS);
  int position_count = c.images * c.rows.result * c.columns.result;
  PatchPositions positions = {
      c.rows.result, c.columns.result, -c.rows.before, -c.columns.before, c.rows.stride,
      c.columns.stride};
  for (int64 z = blockIdx.z; z < (int64)c.groups * c.parts; z += gridDim.z) {
    int part = (int)(z / c.groups), group = (int)(z - (int64)part * c.groups);
    int start = part * c.positions_per_part;
    int count = smaller(position_count - start, c.positions_per_part);
    PatchSource source = {
        x + group * group_channels, c.rows.extent, c.columns.extent, c.channels, group_channels,
        c.rows.kernel, c.columns.kernel, 1};
    PatchColumnsTile<typename Shape::LeftColumns> left(
        source, positions, row, start, start + count);
    typename Shape::template ColumnsOperand<typename Shape::RightColumns> right(
        result_gradient + (int64)start * c.result_channels + group * group_results + column,
        c.result_channels, columns, count);
    typename Shape::Sums sums;
    sums.clear();
    int steps = (count + Shape::DEPTH - 1) / Shape::DEPTH;
    multiply<Shape>(left, right, steps, left_tiles, right_tiles, sums);
    bool whole = c.parts == 1;
    int64 stride = whole ? c.result_channels : group_results;
    float *first = whole ? kernel_gradient + group * group_results
                         : kernel_gradient + z * row_count * group_results;
    ProductResult target = {
        first + row * stride + column, stride, rows, columns, nullptr, whole, 0};
    store_sums<Shape>(
        sums, target, left_tiles, right_tiles, [stride](int i) { return i * stride; });
  }
}
