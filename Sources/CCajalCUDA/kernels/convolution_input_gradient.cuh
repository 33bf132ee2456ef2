// The gradient of a convolution with respect to its pictures. Positions of a picture that are a
// stride apart are met by the same taps, so that each phase of the stride is a convolution of the
// result's gradient with stride 1.
#pragma once

#include "convolution_tile.cuh"

/// The positions of an axis that are `first + t * stride` and the taps that meet them.
struct StridePhase {
  /// Positions, and taps.
  int count, taps;
  /// The first tap; the others are a stride apart.
  int tap;
  /// The position of the result that the first tap of position 0 meets.
  int start;

  __device__ StridePhase(const cajal_cuda_axis &axis, int first)
      : count(first < axis.extent ? (axis.extent - first + axis.stride - 1) / axis.stride : 0),
        tap((first + axis.before) % axis.stride), start((first + axis.before) / axis.stride) {
    taps = tap < axis.kernel ? (axis.kernel - tap + axis.stride - 1) / axis.stride : 0;
  }
};

/// A tile of a group's part of the kernel, transposed: channels of the picture by the result's
/// channels of the taps of a phase.
template <typename Layout_>
struct TransposedKernelTile {
  using Layout = Layout_;
  static constexpr int VECTORS = Layout::VECTORS, DEPTH = Layout::DEPTH;

  /// `first` is the kernel's first element of the group and the tile; `side` channels exist, and
  /// what is summed is a part of the taps' channels.
  __device__ TransposedKernelTile(
      const float *first, const cajal_cuda_convolution &c, const StridePhase &rows,
      const StridePhase &columns, int side, const SummedPart &part)
      : first(first), c(c), rows(rows), columns(columns),
        group_results(c.result_channels / c.groups),
        aligned(is_aligned(first) && c.result_channels % 4 == 0 && group_results % 4 == 0) {
#pragma unroll
    for (int i = 0; i < VECTORS; i++) {
      places[i] = TapChannel(part.start + Layout::depth(i), columns.taps, group_results);
      counts[i] = Layout::row(i) < side ? part.count - Layout::depth(i) : 0;
    }
  }

  /// Reads the next step's elements to registers.
  __device__ void next() {
#pragma unroll
    for (int i = 0; i < VECTORS; i++) {
      TapChannel at = places[i];
      if (aligned) {
        values[i] = counts[i] > 0 ? load4(element(Layout::row(i), at)) : make_float4(0, 0, 0, 0);
      } else {
        float numbers[4];
#pragma unroll
        for (int j = 0; j < 4; j++) {
          numbers[j] = j < counts[i] ? *element(Layout::row(i), at) : 0;
          at.advance(1, columns.taps, group_results);
        }
        values[i] = make_float4(numbers[0], numbers[1], numbers[2], numbers[3]);
      }
      places[i].advance(DEPTH, columns.taps, group_results);
      counts[i] -= DEPTH;
    }
  }

  /// Writes what was read.
  template <typename Element>
  __device__ void store(Element *tile) const {
    Layout::store(tile, values);
  }

 private:
  __device__ const float *element(int channel, const TapChannel &at) const {
    int i = rows.tap + at.row * c.rows.stride, j = columns.tap + at.column * c.columns.stride;
    int64 line = (int64)(i * c.columns.kernel + j) * (c.channels / c.groups) + channel;
    return first + line * c.result_channels + at.channel;
  }

  const float *first;
  const cajal_cuda_convolution &c;
  const StridePhase &rows, &columns;
  int group_results, counts[VECTORS];
  TapChannel places[VECTORS];
  float4 values[VECTORS];
  bool aligned;
};

/// One tile of the gradient of a group and a phase, or of a part of its sums: positions by
/// channels. Large tiles take whole sums and store them, since they have no registers left for parts,
/// nor for what is added to.
template <typename Shape, bool HAS_PARTS = true>
__device__ inline void find_input_gradient(
    const float *result_gradient, const float *kernel, float *x_gradient,
    const cajal_cuda_convolution &c) {
  __align__(16) __shared__ typename Shape::Element left_tiles[2 * Shape::LEFT_TILE];
  __align__(16) __shared__ typename Shape::Element right_tiles[2 * Shape::RIGHT_TILE];
  int group_channels = c.channels / c.groups, group_results = c.result_channels / c.groups;
  int column_tiles = (group_channels + Shape::COLUMNS - 1) / Shape::COLUMNS;
  int column = (int)blockIdx.x % column_tiles * Shape::COLUMNS;
  int row = (int)blockIdx.x / column_tiles * Shape::ROWS;
  int columns = smaller(group_channels - column, Shape::COLUMNS);
  int phases = c.rows.stride * c.columns.stride;
  int64 all = (int64)c.groups * phases;
  int parts = HAS_PARTS ? c.parts : 1;
  for (int64 z = blockIdx.z; z < all * parts; z += gridDim.z) {
    int part_number = HAS_PARTS ? (int)(z / all) : 0, place = (int)(z - part_number * all);
    int group = place / phases, phase = place - group * phases;
    int first_row = phase / c.columns.stride, first_column = phase % c.columns.stride;
    StridePhase row_phase(c.rows, first_row), column_phase(c.columns, first_column);
    int rows = smaller(c.images * row_phase.count * column_phase.count - row, Shape::ROWS);
    // The phases differ in their positions; all threads of the block go on.
    if (rows <= 0) continue;
    PatchSource source = {
        result_gradient + group * group_results, c.rows.result, c.columns.result,
        c.result_channels, group_results, row_phase.taps, column_phase.taps, -1};
    PatchPositions positions = {
        row_phase.count, column_phase.count, row_phase.start, column_phase.start, 1, 1};
    // Phases have taps of their own, and so parts of their own length.
    SummedPart part(source.inner(), parts, part_number);
    PatchRowsTile<typename Shape::LeftRows> left(source, positions, row, rows, part);
    TransposedKernelTile<typename Shape::RightRows> right(
        kernel + (int64)column * c.result_channels + group * group_results, c, row_phase,
        column_phase, columns, part);
    typename Shape::Sums sums;
    sums.clear();
    int steps = (part.count + Shape::DEPTH - 1) / Shape::DEPTH;
    multiply<Shape>(left, right, steps, left_tiles, right_tiles, sums);
    int64 elements = (int64)c.images * c.rows.extent * c.columns.extent * c.channels;
    ProductResult target = {
        x_gradient + part_number * elements + group * group_channels + column, c.channels, rows,
        columns, nullptr, HAS_PARTS && parts == 1 ? c.accumulates : 0, 0};
    store_sums<Shape>(sums, target, left_tiles, right_tiles, [&](int i) {
      PatchPosition position(positions, row + i);
      int64 line = (int64)position.image * c.rows.extent + first_row
          + position.row * c.rows.stride;
      int at = first_column + position.column * c.columns.stride;
      return (line * c.columns.extent + at) * c.channels;
    });
  }
}
