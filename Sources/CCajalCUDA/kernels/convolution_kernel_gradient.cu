// The gradient of a convolution with respect to its kernel: sums over all positions of the results,
// cut into parts so that small kernels fill the device.

#include "convolution_tile.cuh"

/// Backend.convolutionKernelGradient: `[taps * channels / groups, resultChannels]`.
///
/// With one part it is added to `kernel_gradient`. Else `kernel_gradient` is memory for
/// `[parts, groups, taps * channels / groups, resultChannels / groups]`, and cajal_sum_parts
/// follows, with batch = groups, rows = taps * channels / groups, columns and result_batch =
/// resultChannels / groups, result_row = resultChannels, and accumulates. Parts as for
/// cajal_matrix_product_small, by shape alone, with positions = images * rows.result *
/// columns.result as inner; with one part, positions_per_part = positions. Where there are no
/// positions nothing is launched. A convolution with one tap, no padding and stride 1 is better a
/// matrix product, and one with few channels per group
/// cajal_convolution_kernel_gradient_few_channels.
///
/// Grid: x = ceil(taps * channels / groups / 64) * ceil(resultChannels / groups / 64), y = 1,
/// z = min(groups * parts, 65535). Block: 128. Dynamic shared bytes: 0.
extern "C" __global__ void __launch_bounds__(128, 3) cajal_convolution_kernel_gradient(
    const float *x, const float *result_gradient, float *kernel_gradient,
    cajal_cuda_convolution convolution) {
  using Shape = ProductShape<2, 2, 2, 1, 16>;
  __align__(16) __shared__ float left_tiles[Shape::LEFT_FLOATS];
  __align__(16) __shared__ float right_tiles[Shape::RIGHT_FLOATS];
  const cajal_cuda_convolution &c = convolution;
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
    PatchColumnsTile<Shape::ROWS, Shape::DEPTH, Shape::THREADS> left(
        source, positions, row, start, start + count);
    ColumnsTile<Shape::COLUMNS, Shape::DEPTH, Shape::THREADS> right(
        result_gradient + (int64)start * c.result_channels + group * group_results + column,
        c.result_channels, columns, count);
    ProductSums<Shape> sums;
    sums.clear();
    int steps = (count + Shape::DEPTH - 1) / Shape::DEPTH;
    multiply<Shape>(left, right, steps, left_tiles, right_tiles, sums);
    bool whole = c.parts == 1;
    int64 stride = whole ? c.result_channels : group_results;
    float *first = whole ? kernel_gradient + group * group_results
                         : kernel_gradient + z * row_count * group_results;
    ProductResult target = {
        first + row * stride + column, stride, rows, columns, nullptr, whole, 0};
    target.store(sums);
  }
}
