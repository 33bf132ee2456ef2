// What the kernels of attention on tensor cores share. Heads are at most 64 wide: tiles are whole
// in shared memory. A warp has 16 rows of a tile by itself, so that weights stay in registers.
#pragma once

#include "attention.cuh"
#include "tensor_tile.cuh"

/// The products of a tile of rows with a tile of rows, and sums of `WIDTH` columns.
template <typename Number>
using TensorLogits = TensorSums<TensorShape<Number, 4, 1, 1, ATTENTION_TILE / 8>>;
template <typename Number, int WIDTH>
using TensorColumns = TensorSums<TensorShape<Number, 4, 1, 1, WIDTH / 8>>;

/// The logits of a thread: 2 rows, and 16 columns of each.
struct TensorPlace {
  static constexpr int ROWS = 2, COLUMNS = ATTENTION_TILE / 4, LANES = 4;
  static __device__ int row(int i) { return warp_index() * 16 + lane_index() / 4 + 8 * i; }
  static __device__ int column(int j) { return j / 2 * 8 + lane_index() % 4 * 2 + j % 2; }
  template <typename Logits>
  static __device__ float &at(Logits &logits, int i, int j) {
    return logits.at[0][j / 2][2 * i + j % 2];
  }
};

/// A tile of queries, keys, values or gradients: a line of up to `WIDTH` numbers for each row.
template <typename Number, int WIDTH>
struct TensorAttentionTile {
  using Layout = TensorRowsLayout<Number, ATTENTION_TILE, WIDTH, ATTENTION_THREADS>;
  using Operand = TensorRowsTile<Layout>;
  static constexpr int BYTES = cajal_cuda_attention_shared_bytes(1, WIDTH, Number::BYTES);
  static_assert(BYTES == ATTENTION_TILE * Layout::PITCH, "the host knows the size");

  /// Copies a tile to shared memory.
  static __device__ void copy(
      unsigned char *tile, const float *first, int64 stride, int rows, int width) {
    Operand operand(first, stride, rows, width);
    operand.next();
    operand.store(tile);
  }

  /// The products of this warp's rows of a tile with all rows of another one.
  static __device__ void multiply(
      const unsigned char *own, const unsigned char *other, TensorLogits<Number> &products) {
    products.clear();
    // Operands of more steps at once would not fit into registers.
#pragma unroll 4
    for (int step = 0; step < WIDTH / Number::STEP; step++) {
      uint32 left[4];
      Layout::load_left(left, own, warp_index() * 16, step);
#pragma unroll
      for (int j = 0; j < ATTENTION_TILE / 16; j++) {
        uint32 right[2][2];
        Layout::load_right(right, other, 16 * j, step);
        Number::multiply_add(products.at[0][2 * j], left, right[0]);
        Number::multiply_add(products.at[0][2 * j + 1], left, right[1]);
      }
    }
  }

  /// Adds a tile's rows, weighed for each of this warp's rows. `prepare` may change the weights of
  /// a step, a number of groups of 8 columns from the one it is called with on.
  template <typename Prepare>
  static __device__ void add_weighed(
      const TensorLogits<Number> &weights, const unsigned char *tile,
      TensorColumns<Number, WIDTH> &sums, Prepare prepare) {
#pragma unroll
    for (int step = 0; step < ATTENTION_TILE / Number::STEP; step++) {
      constexpr int groups = Number::STEP / 8;
      float own[groups][4];
#pragma unroll
      for (int group = 0; group < groups; group++) {
#pragma unroll
        for (int k = 0; k < 4; k++) own[group][k] = weights.at[0][step * groups + group][k];
        prepare(own[group], step * groups + group);
      }
      uint32 left[4];
      Number::convert(left, own);
#pragma unroll
      for (int j = 0; j < WIDTH / 16; j++) {
        uint32 right[2][2];
        Number::template load_right<true>(
            right, tile + step * Number::STEP * Layout::PITCH + 16 * j * Number::BYTES,
            Layout::PITCH);
        Number::multiply_add(sums.at[0][2 * j], left, right[0]);
        Number::multiply_add(sums.at[0][2 * j + 1], left, right[1]);
      }
    }
  }
};
