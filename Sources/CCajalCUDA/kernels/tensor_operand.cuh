// Tiles of float32 operands, on their way from memory through registers to shared memory, where
// they are numbers of fewer bits.
#pragma once

#include "operand_tile.cuh"
#include "tensor_core.cuh"

/// A tile with a line per row: which four numbers a thread reads where the summed axis is
/// contiguous. Lines are an odd number of 16 bytes apart, so that eight of them have no conflicts.
template <typename Number, int SIDE_, int DEPTH_, int THREADS_>
struct TensorRowsLayout {
  static constexpr int SIDE = SIDE_, DEPTH = DEPTH_, THREADS = THREADS_;
  static constexpr int VECTORS = SIDE * DEPTH / 4 / THREADS;
  static constexpr int PITCH = DEPTH * Number::BYTES + 16;
  static_assert(VECTORS * THREADS * 4 == SIDE * DEPTH, "threads share a tile equally");
  static_assert(DEPTH * Number::BYTES % TENSOR_STEP_BYTES == 0, "whole steps");

  static __device__ int row(int i) {
    int line = ((int)threadIdx.x + i * THREADS) / (DEPTH / 4);
    // The lines that are written together fill all banks.
    constexpr int together = larger(128 / (DEPTH * Number::BYTES), 1), apart = 8 / together;
    return line / 8 * 8 + line % together * apart + line / together % apart;
  }
  static __device__ int depth(int i) {
    return ((int)threadIdx.x + i * THREADS) % (DEPTH / 4) * 4;
  }

  /// Writes the numbers to a tile.
  static __device__ void store(unsigned char *tile, const float4 (&values)[VECTORS]) {
#pragma unroll
    for (int i = 0; i < VECTORS; i++) {
      Number::store4(tile + row(i) * PITCH + depth(i) * Number::BYTES, values[i]);
    }
  }

  /// The left operand of 16 rows from `row` on and of step `step`.
  static __device__ void load_left(
      uint32 (&words)[4], const unsigned char *tile, int row, int step) {
    int lane = lane_index();
    load_matrices(
        words, tile + (row + lane % 16) * PITCH + step * TENSOR_STEP_BYTES + lane / 16 * 16);
  }

  /// The right operands of 16 columns, each a row here.
  static __device__ void load_right(
      uint32 (&words)[2][2], const unsigned char *tile, int column, int step) {
    int lane = lane_index(), line = column + lane % 8 + lane / 16 * 8;
    uint32 four[4];
    load_matrices(
        four, tile + line * PITCH + step * TENSOR_STEP_BYTES + lane / 8 % 2 * 16);
    words[0][0] = four[0], words[0][1] = four[1], words[1][0] = four[2], words[1][1] = four[3];
  }
};

/// A tile with a line per summed element: which four numbers a thread reads where an operand's own
/// axis is contiguous.
template <typename Number, int SIDE_, int DEPTH_, int THREADS_>
struct TensorColumnsLayout {
  static constexpr int SIDE = SIDE_, DEPTH = DEPTH_, THREADS = THREADS_;
  static constexpr int VECTORS = SIDE * DEPTH / 4 / THREADS;
  static constexpr int PITCH = (SIDE + 8) * Number::BYTES;
  static_assert(VECTORS * THREADS * 4 == SIDE * DEPTH, "threads share a tile equally");

  static __device__ int column(int i) {
    return ((int)threadIdx.x + i * THREADS) % (SIDE / 4) * 4;
  }
  static __device__ int depth(int i) { return ((int)threadIdx.x + i * THREADS) / (SIDE / 4); }

  /// Writes the numbers to a tile.
  static __device__ void store(unsigned char *tile, const float4 (&values)[VECTORS]) {
#pragma unroll
    for (int i = 0; i < VECTORS; i++) {
      Number::store4(tile + depth(i) * PITCH + column(i) * Number::BYTES, values[i]);
    }
  }

  /// The left operand of 16 rows from `row` on, each a column here, and of step `step`.
  static __device__ void load_left(
      uint32 (&words)[4], const unsigned char *tile, int row, int step) {
    Number::load_left(words, tile + step * Number::STEP * PITCH + row * Number::BYTES, PITCH);
  }

  /// The right operands of 16 columns.
  static __device__ void load_right(
      uint32 (&words)[2][2], const unsigned char *tile, int column, int step) {
    Number::template load_right<false>(
        words, tile + step * Number::STEP * PITCH + column * Number::BYTES, PITCH);
  }
};

/// An operand whose summed axis is contiguous, as RowsTile, for a TensorRowsLayout: what a thread
/// reads is at the same depth of rows that are equally far apart, so that one address suffices.
template <typename Layout_>
struct TensorRowsTile {
  using Layout = Layout_;
  static constexpr int VECTORS = Layout::VECTORS, DEPTH = Layout::DEPTH;
  static constexpr int ROWS_APART = Layout::THREADS / (DEPTH / 4);
  static_assert(ROWS_APART % 8 == 0, "rows are in the same order");

  /// `side` of the rows and `inner` of the summed elements exist.
  __device__ TensorRowsTile(const float *first, int64 stride, int side, int inner)
      : address(first + Layout::row(0) * stride + Layout::depth(0)), apart(ROWS_APART * stride),
        rows(side - Layout::row(0)), count(inner - Layout::depth(0)),
        aligned(is_aligned(first) && stride % 4 == 0) {}

  /// Reads the next step's elements to registers.
  __device__ void next() {
#pragma unroll
    for (int i = 0; i < VECTORS; i++) {
      int exist = i * ROWS_APART < rows ? count : 0;
      values[i] = load4_or_zeros(address + i * apart, aligned, exist);
    }
    address += DEPTH;
    count -= DEPTH;
  }

  /// Writes what was read.
  __device__ void store(unsigned char *tile) const { Layout::store(tile, values); }

 private:
  const float *address;
  int64 apart;
  int rows, count;
  float4 values[VECTORS];
  bool aligned;
};

/// An operand whose own axis is contiguous, as ColumnsTile, for a TensorColumnsLayout.
template <typename Layout_>
struct TensorColumnsTile {
  using Layout = Layout_;
  static constexpr int VECTORS = Layout::VECTORS, DEPTH = Layout::DEPTH;
  static constexpr int LINES_APART = Layout::THREADS / (Layout::SIDE / 4);

  /// `side` of the columns and `inner` of the summed elements exist.
  __device__ TensorColumnsTile(const float *first, int64 stride, int side, int inner)
      : address(first + Layout::depth(0) * stride + Layout::column(0)),
        apart(LINES_APART * stride), lines(inner - Layout::depth(0)),
        count(side - Layout::column(0)), aligned(is_aligned(first) && stride % 4 == 0) {}

  /// Reads the next step's elements to registers.
  __device__ void next() {
#pragma unroll
    for (int i = 0; i < VECTORS; i++) {
      int exist = i * LINES_APART < lines ? count : 0;
      values[i] = load4_or_zeros(address + i * apart, aligned, exist);
    }
    address += VECTORS * apart;
    lines -= DEPTH;
  }

  /// Writes what was read.
  __device__ void store(unsigned char *tile) const { Layout::store(tile, values); }

 private:
  const float *address;
  int64 apart;
  int lines, count;
  float4 values[VECTORS];
  bool aligned;
};
