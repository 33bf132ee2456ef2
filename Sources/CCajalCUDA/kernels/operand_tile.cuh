// Tiles of a product's operands, on their way from memory through registers to shared memory, where
// each summed element has a line of `SIDE + 4` floats.
#pragma once

#include "common.cuh"

/// Up to four numbers from `address` on: zeros from the `count`-th on.
__device__ inline float4 load4_or_zeros(const float *address, bool aligned, int count) {
  if (aligned && count >= 4) return load4(address);
  return make_float4(
      count > 0 ? address[0] : 0, count > 1 ? address[1] : 0, count > 2 ? address[2] : 0,
      count > 3 ? address[3] : 0);
}

/// Places of a tile as they are.
struct InOrder {
  static __device__ int place(int index) { return index; }
};

/// The places of 64 columns such that a lane, whose columns are in groups of 4, has columns
/// `lane % 8 + 8 * i`: then the lanes of a warp write neighboring rows of a transposed tile.
struct Interleaved {
  static __device__ int place(int index) {
    return index / 32 * 32 + index % 8 * 4 + index / 8 % 4;
  }
};

/// Which four numbers a thread reads where the summed axis is contiguous. Neighboring threads read
/// 32 contiguous bytes, in the order that writes to shared memory with the fewest conflicts.
template <int SIDE_, int DEPTH_, int THREADS_, typename Order = InOrder>
struct RowsLayout {
  static constexpr int SIDE = SIDE_, DEPTH = DEPTH_, THREADS = THREADS_;
  static constexpr int VECTORS = SIDE * DEPTH / 4 / THREADS, PITCH = SIDE + 4;
  static_assert(VECTORS * THREADS * 4 == SIDE * DEPTH, "threads share a tile equally");

  static __device__ int row(int i) { return (int)(threadIdx.x + i * THREADS) / 2 % SIDE; }
  static __device__ int depth(int i) {
    int vector = (int)threadIdx.x + i * THREADS;
    return (vector / (2 * SIDE) * 2 + vector % 2) * 4;
  }

  /// Writes the numbers to a tile, transposed.
  static __device__ void store(float *tile, const float4 (&values)[VECTORS]) {
#pragma unroll
    for (int i = 0; i < VECTORS; i++) {
      float *target = tile + depth(i) * PITCH + Order::place(row(i));
      target[0] = values[i].x;
      target[PITCH] = values[i].y;
      target[2 * PITCH] = values[i].z;
      target[3 * PITCH] = values[i].w;
    }
  }
};

/// Which four numbers a thread reads where an operand's own axis is contiguous.
template <int SIDE_, int DEPTH_, int THREADS_>
struct ColumnsLayout {
  static constexpr int SIDE = SIDE_, DEPTH = DEPTH_, THREADS = THREADS_;
  static constexpr int VECTORS = SIDE * DEPTH / 4 / THREADS, PITCH = SIDE + 4;
  static_assert(VECTORS * THREADS * 4 == SIDE * DEPTH, "threads share a tile equally");

  static __device__ int column(int i) {
    return ((int)threadIdx.x + i * THREADS) % (SIDE / 4) * 4;
  }
  static __device__ int depth(int i) { return ((int)threadIdx.x + i * THREADS) / (SIDE / 4); }

  /// Writes the numbers to a tile.
  static __device__ void store(float *tile, const float4 (&values)[VECTORS]) {
#pragma unroll
    for (int i = 0; i < VECTORS; i++) store4(tile + depth(i) * PITCH + column(i), values[i]);
  }
};

/// An operand whose summed axis is contiguous: rows that are `stride` elements apart.
template <typename Layout_>
struct RowsTile {
  using Layout = Layout_;
  static constexpr int VECTORS = Layout::VECTORS, DEPTH = Layout::DEPTH;

  /// `side` of the rows and `inner` of the summed elements exist.
  __device__ RowsTile(const float *first, int64 stride, int side, int inner)
      : aligned(is_aligned(first) && stride % 4 == 0) {
#pragma unroll
    for (int i = 0; i < VECTORS; i++) {
      addresses[i] = first + Layout::row(i) * stride + Layout::depth(i);
      // Rows that do not exist have no elements.
      counts[i] = Layout::row(i) < side ? inner - Layout::depth(i) : 0;
    }
  }

  /// Reads the next step's elements to registers.
  __device__ void next() {
#pragma unroll
    for (int i = 0; i < VECTORS; i++) {
      values[i] = load4_or_zeros(addresses[i], aligned, counts[i]);
      addresses[i] += DEPTH;
      counts[i] -= DEPTH;
    }
  }

  /// Writes what was read.
  template <typename Element>
  __device__ void store(Element *tile) const {
    Layout::store(tile, values);
  }

 private:
  const float *addresses[VECTORS];
  int counts[VECTORS];
  float4 values[VECTORS];
  bool aligned;
};

/// An operand whose own axis is contiguous: columns of rows that are `stride` elements apart, one
/// per summed element.
template <typename Layout_>
struct ColumnsTile {
  using Layout = Layout_;
  static constexpr int VECTORS = Layout::VECTORS, DEPTH = Layout::DEPTH;

  /// `side` of the columns and `inner` of the summed elements exist.
  __device__ ColumnsTile(const float *first, int64 stride, int side, int inner)
      : step(DEPTH * stride), left(inner), aligned(is_aligned(first) && stride % 4 == 0) {
#pragma unroll
    for (int i = 0; i < VECTORS; i++) {
      addresses[i] = first + Layout::depth(i) * stride + Layout::column(i);
      counts[i] = side - Layout::column(i);
    }
  }

  /// Reads the next step's elements to registers.
  __device__ void next() {
#pragma unroll
    for (int i = 0; i < VECTORS; i++) {
      values[i] = load4_or_zeros(addresses[i], aligned, Layout::depth(i) < left ? counts[i] : 0);
      addresses[i] += step;
    }
    left -= DEPTH;
  }

  /// Writes what was read.
  template <typename Element>
  __device__ void store(Element *tile) const {
    Layout::store(tile, values);
  }

 private:
  const float *addresses[VECTORS];
  int64 step;
  int left, counts[VECTORS];
  float4 values[VECTORS];
  bool aligned;
};
