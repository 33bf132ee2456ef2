// Float32 matrix products of one block: tiles of both operands go from memory through registers to
// shared memory, a step of the summed axis ahead of the multiplications.
#pragma once

#include "operand_tile.cuh"

/// Where a block's product goes: `rows` and `columns` of it exist, from `first` on.
struct ProductResult {
  float *first;
  int64 stride;
  int rows, columns;
  /// One number per column, or null.
  const float *bias;
  int accumulates, relu;

  /// Stores the sums of a thread.
  template <typename Sums>
  __device__ void store(const Sums &sums) const {
    // By value: a reference to the result would put it into memory.
    int64 step = stride;
    sums.store(*this, [step](int row) { return row * step; });
  }

  /// Writes four sums, or the `count` that exist, to which `offsets` are to be added.
  __device__ void write(
      float *target, const float *x, float4 offsets, bool aligned, int count) const {
    float4 v = make_float4(
        finished(x[0] + offsets.x), finished(x[1] + offsets.y), finished(x[2] + offsets.z),
        finished(x[3] + offsets.w));
    if (accumulates) {
      float4 old = load4_or_zeros(target, aligned, count);
      v = make_float4(v.x + old.x, v.y + old.y, v.z + old.z, v.w + old.w);
    }
    if (aligned && count >= 4) {
      store4(target, v);
      return;
    }
    target[0] = v.x;
    if (count > 1) target[1] = v.y;
    if (count > 2) target[2] = v.z;
    if (count > 3) target[3] = v.w;
  }

  /// What is to be added to a column and to the one after it, of which `count` exist.
  __device__ float2 offsets(int column, int count) const {
    if (bias == nullptr) return make_float2(0, 0);
    return make_float2(bias[column], count > 1 ? bias[column + 1] : 0);
  }

  /// Writes two sums, or the first one. `aligned` is whether both may be written at once.
  __device__ void write2(
      float *target, const float *x, float2 offsets, bool aligned, int count) const {
    float2 v = make_float2(finished(x[0] + offsets.x), finished(x[1] + offsets.y));
    if (accumulates) {
      v.x += target[0];
      if (count > 1) v.y += target[1];
    }
    if (aligned && count > 1) {
      *reinterpret_cast<float2 *>(target) = v;
      return;
    }
    target[0] = v.x;
    if (count > 1) target[1] = v.y;
  }

 private:
  __device__ float finished(float x) const { return relu && x < 0 ? 0 : x; }
};

/// This thread's slice of the summed elements of a step, and its warp among those of the slice.
template <typename Shape>
__device__ inline int slice_index() {
  return Shape::SLICES == 1 ? 0 : warp_index() / (Shape::WARP_ROWS * Shape::WARP_COLUMNS);
}
template <typename Shape>
__device__ inline int warp_of_slice() {
  constexpr int warps = Shape::WARP_ROWS * Shape::WARP_COLUMNS;
  return Shape::SLICES == 1 ? warp_index() : warp_index() % warps;
}

template <typename Shape>
struct ProductSums;

/// What a block multiplies: a grid of warps, of which each lane has `4 * LANE_ROWS` rows and
/// `4 * LANE_COLUMNS` columns, in steps of `DEPTH` summed elements.
///
/// The lanes of a warp are 4 down and 8 across. A lane's rows are groups of 4, 16 apart, and its
/// columns groups of 4, 32 apart, so that a warp reads shared memory without conflicts.
///
/// With `SLICES` there are as many such grids: each takes a slice of the summed elements of a step,
/// and their sums are added in the end. So small tiles have many warps.
template <
    int WARP_ROWS_, int WARP_COLUMNS_, int LANE_ROWS_, int LANE_COLUMNS_, int DEPTH_,
    int SLICES_ = 1>
struct ProductShape {
  using Sums = ProductSums<ProductShape>;
  using Element = float;
  static constexpr int WARP_ROWS = WARP_ROWS_, WARP_COLUMNS = WARP_COLUMNS_, SLICES = SLICES_;
  static constexpr int LANE_ROWS = LANE_ROWS_, LANE_COLUMNS = LANE_COLUMNS_, DEPTH = DEPTH_;
  static constexpr int THREADS = WARP_ROWS * WARP_COLUMNS * SLICES * WARP;
  static constexpr int ROWS = WARP_ROWS * LANE_ROWS * 16;
  static constexpr int COLUMNS = WARP_COLUMNS * LANE_COLUMNS * 32;
  /// Floats from one summed element to the next in shared memory.
  static constexpr int LEFT_PITCH = ROWS + 4, RIGHT_PITCH = COLUMNS + 4;
  /// Floats of shared memory for a tile of an operand.
  static constexpr int LEFT_TILE = DEPTH * LEFT_PITCH, RIGHT_TILE = DEPTH * RIGHT_PITCH;
  using LeftRows = RowsLayout<ROWS, DEPTH, THREADS>;
  using LeftColumns = ColumnsLayout<ROWS, DEPTH, THREADS>;
  using RightRows = RowsLayout<COLUMNS, DEPTH, THREADS>;
  using RightColumns = ColumnsLayout<COLUMNS, DEPTH, THREADS>;
  template <typename Layout>
  using RowsOperand = RowsTile<Layout>;
  template <typename Layout>
  using ColumnsOperand = ColumnsTile<Layout>;

  /// The first of the 4 rows of group `i`, and of the 4 columns of group `j`, of this thread.
  static __device__ int row(int i) {
    int warp = warp_of_slice<ProductShape>();
    return (warp / WARP_COLUMNS * LANE_ROWS + i) * 16 + lane_index() / 8 * 4;
  }
  static __device__ int column(int j) {
    int warp = warp_of_slice<ProductShape>();
    return (warp % WARP_COLUMNS * LANE_COLUMNS + j) * 32 + lane_index() % 8 * 4;
  }
};

/// The sums of a thread.
template <typename Shape>
struct ProductSums {
  float at[Shape::LANE_ROWS * 4][Shape::LANE_COLUMNS * 4];

  __device__ void clear() {
#pragma unroll
    for (int i = 0; i < Shape::LANE_ROWS * 4; i++) {
#pragma unroll
      for (int j = 0; j < Shape::LANE_COLUMNS * 4; j++) at[i][j] = 0;
    }
  }

  /// Multiplies each row of the thread.
  __device__ void scale_rows(const float (&factors)[Shape::LANE_ROWS * 4]) {
#pragma unroll
    for (int i = 0; i < Shape::LANE_ROWS * 4; i++) {
#pragma unroll
      for (int j = 0; j < Shape::LANE_COLUMNS * 4; j++) at[i][j] *= factors[i];
    }
  }

  /// Adds the products of `DEPTH` summed elements, both of whose tiles are in shared memory. They
  /// are alike for all layouts of operands.
  template <typename Left, typename Right>
  __device__ void add(const float *left, const float *right) {
    constexpr int rows = Shape::LANE_ROWS, columns = Shape::LANE_COLUMNS;
    constexpr int depth = Shape::DEPTH / Shape::SLICES;
    int first = slice_index<Shape>() * depth;
    const float *a = left + first * Shape::LEFT_PITCH + Shape::row(0);
    const float *b = right + first * Shape::RIGHT_PITCH + Shape::column(0);
    // Registers do not suffice for the operands of more steps at once.
    constexpr int together = rows * columns < 4 ? 2 : 1;
#pragma unroll together
    for (int k = 0; k < depth; k++) {
      float x[4 * rows], y[4 * columns];
#pragma unroll
      for (int i = 0; i < rows; i++) {
        float4 v = load4(a + k * Shape::LEFT_PITCH + 16 * i);
        x[4 * i] = v.x, x[4 * i + 1] = v.y, x[4 * i + 2] = v.z, x[4 * i + 3] = v.w;
      }
#pragma unroll
      for (int j = 0; j < columns; j++) {
        float4 v = load4(b + k * Shape::RIGHT_PITCH + 32 * j);
        y[4 * j] = v.x, y[4 * j + 1] = v.y, y[4 * j + 2] = v.z, y[4 * j + 3] = v.w;
      }
#pragma unroll
      for (int i = 0; i < 4 * rows; i++) {
#pragma unroll
        for (int j = 0; j < 4 * columns; j++) at[i][j] += x[i] * y[j];
      }
    }
  }

  /// Stores the sums, each row at an offset from the result's first element, a multiple of its
  /// stride.
  template <typename Offset>
  __device__ void store(const ProductResult &result, Offset offset) const {
    bool aligned = is_aligned(result.first) && result.stride % 4 == 0;
#pragma unroll
    for (int j = 0; j < Shape::LANE_COLUMNS; j++) {
      int column = Shape::column(j);
      int count = result.columns - column;
      if (count <= 0) continue;
      float4 offsets = make_float4(0, 0, 0, 0);
      if (result.bias != nullptr) offsets = load4_or_zeros(result.bias + column, false, count);
#pragma unroll
      for (int i = 0; i < 4 * Shape::LANE_ROWS; i++) {
        int row = Shape::row(i / 4) + i % 4;
        if (row >= result.rows) continue;
        result.write(
            result.first + offset(row) + column, &at[i][4 * j], offsets, aligned, count);
        // Old numbers of all rows at once would not fit into registers.
        asm volatile("" ::: "memory");
      }
    }
  }
};

/// Adds the product of two operands over `steps` steps. `left_tiles` and `right_tiles` are free
/// shared memory for two tiles each, and are again when this returns.
template <typename Shape, typename Left, typename Right>
__device__ inline void multiply(
    Left &left, Right &right, int steps, typename Shape::Element *left_tiles,
    typename Shape::Element *right_tiles, typename Shape::Sums &sums) {
  if (steps <= 0) return;
  constexpr int left_tile = Shape::LEFT_TILE, right_tile = Shape::RIGHT_TILE;
  left.next();
  right.next();
  left.store(left_tiles);
  right.store(right_tiles);
  __syncthreads();
  int now = 0;
  for (int step = 1;; step++) {
    if (step < steps) {
      left.next();
      right.next();
    }
    sums.template add<typename Left::Layout, typename Right::Layout>(
        left_tiles + now * left_tile, right_tiles + now * right_tile);
    if (step < steps) {
      now = 1 - now;
      left.store(left_tiles + now * left_tile);
      right.store(right_tiles + now * right_tile);
    }
    __syncthreads();
    if (step >= steps) return;
  }
}

/// Adds the product of a left operand that is whole in shared memory, `Shape::LEFT_PITCH` floats
/// per summed element.
template <typename Shape, typename Right>
__device__ inline void multiply_resident(
    const float *left, Right &right, int steps, float *right_tiles, ProductSums<Shape> &sums) {
  constexpr int right_tile = Shape::RIGHT_TILE;
  right.next();
  right.store(right_tiles);
  __syncthreads();
  int now = 0;
  for (int step = 1;; step++) {
    if (step < steps) right.next();
    sums.template add<typename Shape::LeftRows, typename Right::Layout>(
        left + (step - 1) * Shape::LEFT_TILE, right_tiles + now * right_tile);
    if (step < steps) {
      now = 1 - now;
      right.store(right_tiles + now * right_tile);
    }
    __syncthreads();
    if (step >= steps) return;
  }
}
