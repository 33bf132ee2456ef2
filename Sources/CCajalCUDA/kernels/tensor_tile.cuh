// Matrix products of one block on tensor cores.
#pragma once

#include "product_tile.cuh"
#include "tensor_operand.cuh"

/// The summed elements of a tile without slices. More would take the registers of a second block.
constexpr int TENSOR_DEPTH = 16;

template <typename Shape>
struct TensorSums;

/// What a block multiplies: a grid of warps, of which each has `16 * ROW_TILES` rows and
/// `8 * COLUMN_TILES` columns, an even number of tiles. With `SLICES` there are as many such grids,
/// as in ProductShape, each of which has the summed elements of one instruction.
template <
    typename Number_, int WARP_ROWS_, int WARP_COLUMNS_, int ROW_TILES_, int COLUMN_TILES_,
    int SLICES_ = 1>
struct TensorShape {
  using Number = Number_;
  using Sums = TensorSums<TensorShape>;
  using Element = unsigned char;
  static constexpr int WARP_ROWS = WARP_ROWS_, WARP_COLUMNS = WARP_COLUMNS_, SLICES = SLICES_;
  static constexpr int ROW_TILES = ROW_TILES_, COLUMN_TILES = COLUMN_TILES_;
  static constexpr int THREADS = WARP_ROWS * WARP_COLUMNS * SLICES * WARP;
  static constexpr int ROWS = WARP_ROWS * ROW_TILES * 16;
  static constexpr int COLUMNS = WARP_COLUMNS * COLUMN_TILES * 8;
  static constexpr int DEPTH = SLICES == 1 ? TENSOR_DEPTH : SLICES * Number::STEP;
  using LeftRows = TensorRowsLayout<Number, ROWS, DEPTH, THREADS>;
  using LeftColumns = TensorColumnsLayout<Number, ROWS, DEPTH, THREADS>;
  using RightRows = TensorRowsLayout<Number, COLUMNS, DEPTH, THREADS>;
  using RightColumns = TensorColumnsLayout<Number, COLUMNS, DEPTH, THREADS>;
  template <typename Layout>
  using RowsOperand = TensorRowsTile<Layout>;
  template <typename Layout>
  using ColumnsOperand = TensorColumnsTile<Layout>;
  /// Bytes of shared memory for a tile of an operand, whatever its layout.
  static constexpr int LEFT_TILE = larger(ROWS * LeftRows::PITCH, DEPTH * LeftColumns::PITCH);
  static constexpr int RIGHT_TILE =
      larger(COLUMNS * RightRows::PITCH, DEPTH * RightColumns::PITCH);

  /// The first row and column of this thread's warp.
  static __device__ int row() {
    return warp_of_slice<TensorShape>() / WARP_COLUMNS * ROW_TILES * 16;
  }
  static __device__ int column() {
    return warp_of_slice<TensorShape>() % WARP_COLUMNS * COLUMN_TILES * 8;
  }
};

/// The sums of a thread: of each 16 by 8 of its warp four, as tensor_core.cuh says.
template <typename Shape>
struct TensorSums {
  float at[Shape::ROW_TILES][Shape::COLUMN_TILES][4];

  __device__ void clear() {
#pragma unroll
    for (int i = 0; i < Shape::ROW_TILES; i++) {
#pragma unroll
      for (int j = 0; j < Shape::COLUMN_TILES; j++) {
#pragma unroll
        for (int k = 0; k < 4; k++) at[i][j][k] = 0;
      }
    }
  }

  /// Multiplies each row of the thread.
  __device__ void scale_rows(const float (&factors)[2 * Shape::ROW_TILES]) {
#pragma unroll
    for (int i = 0; i < Shape::ROW_TILES; i++) {
#pragma unroll
      for (int j = 0; j < Shape::COLUMN_TILES; j++) {
#pragma unroll
        for (int k = 0; k < 4; k++) at[i][j][k] *= factors[2 * i + k / 2];
      }
    }
  }

  /// Multiplies all sums.
  __device__ void scale(float factor) {
#pragma unroll
    for (int i = 0; i < Shape::ROW_TILES; i++) {
#pragma unroll
      for (int j = 0; j < Shape::COLUMN_TILES; j++) {
#pragma unroll
        for (int k = 0; k < 4; k++) at[i][j][k] *= factor;
      }
    }
  }

  /// Adds the products of a tile's summed elements, both of whose operands are in shared memory.
  template <typename Left, typename Right>
  __device__ void add(const unsigned char *left, const unsigned char *right) {
#pragma unroll
    for (int number = 0; number < Shape::DEPTH / Shape::Number::STEP / Shape::SLICES; number++) {
      int step = number + slice_index<Shape>();
      uint32 a[Shape::ROW_TILES][4], b[Shape::COLUMN_TILES / 2][2][2];
#pragma unroll
      for (int i = 0; i < Shape::ROW_TILES; i++) {
        Left::load_left(a[i], left, Shape::row() + 16 * i, step);
      }
#pragma unroll
      for (int j = 0; j < Shape::COLUMN_TILES / 2; j++) {
        Right::load_right(b[j], right, Shape::column() + 16 * j, step);
      }
#pragma unroll
      for (int i = 0; i < Shape::ROW_TILES; i++) {
#pragma unroll
        for (int j = 0; j < Shape::COLUMN_TILES; j++) {
          Shape::Number::multiply_add(at[i][j], a[i], b[j / 2][j % 2]);
        }
      }
    }
  }

  /// Stores the sums, each row at an offset from the result's first element, a multiple of its
  /// stride.
  template <typename Offset>
  __device__ void store(const ProductResult &result, Offset offset) const {
    bool aligned = (uint64)result.first % 8 == 0 && result.stride % 2 == 0;
    int lane = lane_index();
#pragma unroll
    for (int j = 0; j < Shape::COLUMN_TILES; j++) {
      int column = Shape::column() + 8 * j + lane % 4 * 2;
      int count = result.columns - column;
      if (count <= 0) continue;
      float2 offsets = result.offsets(column, count);
#pragma unroll
      for (int i = 0; i < 2 * Shape::ROW_TILES; i++) {
        int row = Shape::row() + 8 * i + lane / 4;
        if (row >= result.rows) continue;
        const float *x = &at[i / 2][j][i % 2 * 2];
        result.write2(result.first + offset(row) + column, x, offsets, aligned, count);
        // Old numbers of all rows at once would not fit into registers.
        asm volatile("" ::: "memory");
      }
    }
  }
};
