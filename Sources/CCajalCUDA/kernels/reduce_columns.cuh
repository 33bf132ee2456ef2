// Sums, means and maxima of the columns of matrices, and what is done to the elements on the way.
#pragma once

#include "common.cuh"

/// What a part's result becomes: divided, where it is a mean.
__device__ inline float finished(int operation, float value, float divisor) {
  return operation == cajal_cuda_mean ? value / divisor : value;
}

/// Elements in memory, as many neighbors as `values` has at a time.
struct StoredMatrix {
  /// How many times four rows are read at once.
  static constexpr int UNROLLED = 2;
  const float *x;

  __device__ bool allows_fours() const { return is_aligned(x); }

  /// Reads neighbors from element `at` on, of which `count` exist; the others stay as they are.
  /// `wide` says that all four may be read at once.
  template <int ACROSS>
  __device__ void read(float (&values)[ACROSS], int64 at, int64 count, bool wide) const {
    if (ACROSS == 4 && wide) {
      float4 v = load4(x + at);
      float four[4] = {v.x, v.y, v.z, v.w};
#pragma unroll
      for (int i = 0; i < ACROSS; i++) values[i] = four[i];
    } else {
#pragma unroll
      for (int i = 0; i < ACROSS; i++) {
        if (i < count) values[i] = x[at + i];
      }
    }
  }

  /// They are kept already.
  template <int ACROSS>
  __device__ void keep(const float (&)[ACROSS], int64, int64, bool) const {}
};

/// Where the results of columns go, and what becomes of them.
struct ColumnSums {
  float *result;
  int operation;
  float divisor;
  /// Adds to what is there.
  int accumulates;

  __device__ void store(int64 at, float value) const {
    value = finished(operation, value, divisor);
    result[at] = accumulates != 0 ? result[at] + value : value;
  }
};

/// Up to four neighbors, which are reduced each for itself.
template <typename Operation, int ACROSS>
struct Neighbors {
  float at[ACROSS];

  __device__ void clear() {
#pragma unroll
    for (int i = 0; i < ACROSS; i++) at[i] = Operation::identity();
  }
  __device__ void combine(const Neighbors &other) {
#pragma unroll
    for (int i = 0; i < ACROSS; i++) at[i] = Operation::combine(at[i], other.at[i]);
  }
  /// Neighbors of a matrix from element `place` on, of which `count` exist.
  template <typename Matrix>
  __device__ void read(const Matrix &matrix, int64 place, int64 count, bool wide) {
    clear();
    matrix.read(at, place, count, wide);
  }
};

/// Each thread has ACROSS neighboring columns.
template <typename Operation, int ACROSS, typename Matrix>
__device__ inline void reduce_columns_of(
    const Matrix &matrix, const ColumnSums &sums, int64 outer, int64 length, int64 inner,
    int64 part) {
  __shared__ Neighbors<Operation, ACROSS> values[256];
  bool wide = ACROSS == 4 && inner % 4 == 0 && matrix.allows_fours();
  // A tile is up to 32 neighboring threads of a part, or 8 of a short axis; as many of its rows are
  // reduced side by side as give each thread four. Small tiles share a block.
  int columns = (int)cajal_cuda_reduce_columns(length, inner) / ACROSS, side = 256 / columns;
  while (columns > 1 && columns / 2 * ACROSS >= inner) {
    columns /= 2;
    side *= 2;
  }
  while (side > 1 && 2 * (int64)side >= part) side /= 2;
  int threads = columns * side, place = (int)threadIdx.x % threads;
  int column_in_tile = place % columns * ACROSS, first = place / columns;
  int tiles_per_block = 256 / threads;
  int64 parts = larger(divide_up(length, part), (int64)1);
  int64 stripes = divide_up(inner, columns * ACROSS), tiles = outer * parts * stripes;
  for (int64 start = (int64)blockIdx.x * tiles_per_block; start < tiles;
       start += (int64)gridDim.x * tiles_per_block) {
    int64 tile = start + threadIdx.x / threads, stripe = tile % stripes, rest = tile / stripes;
    int64 column = stripe * columns * ACROSS + column_in_tile, o = rest / parts;
    int64 begin = (rest - o * parts) * part, end = smaller(begin + part, length);
    int64 count = tile < tiles ? inner - column : 0;
    Neighbors<Operation, ACROSS> a, b, c, d;
    a.clear(), b.clear(), c.clear(), d.clear();
    if (count > 0) {
      int64 place = (o * length + begin + first) * inner + column;
      int64 step = side * inner, k = begin + first;
      Neighbors<Operation, ACROSS> next[4];
#pragma unroll Matrix::UNROLLED
      for (; k + 3 * side < end; k += 4 * side, place += 4 * step) {
        // All are read before any is stored, so that several are on their way at a time.
#pragma unroll
        for (int i = 0; i < 4; i++) next[i].read(matrix, place + i * step, count, wide);
#pragma unroll
        for (int i = 0; i < 4; i++) matrix.keep(next[i].at, place + i * step, count, wide);
        a.combine(next[0]), b.combine(next[1]), c.combine(next[2]), d.combine(next[3]);
      }
#pragma unroll
      for (int i = 0; i < 3; i++) {
        next[i].clear();
        if (k + i * side >= end) continue;
        next[i].read(matrix, place + i * step, count, wide);
        matrix.keep(next[i].at, place + i * step, count, wide);
      }
      a.combine(next[0]), b.combine(next[1]), c.combine(next[2]);
    }
    a.combine(b), c.combine(d), a.combine(c);
    values[threadIdx.x] = a;
    for (int half = side / 2; half > 0; half /= 2) {
      __syncthreads();
      if (first < half) values[threadIdx.x].combine(values[threadIdx.x + half * columns]);
    }
    if (first == 0) {
#pragma unroll
      for (int i = 0; i < ACROSS; i++) {
        if (i < count) sums.store(rest * inner + column + i, values[threadIdx.x].at[i]);
      }
    }
    // Nobody may write the next tile's values while others read these.
    __syncthreads();
  }
}

/// Reduces parts of the middle axis of `[outer, length, inner]` to `[outer, parts, inner]`, each of
/// `part` rows; every element is read once, by one thread. See `cajal_reduce_columns`.
template <typename Operation, typename Matrix>
__device__ inline void reduce_columns(
    const Matrix &matrix, const ColumnSums &sums, int64 outer, int64 length, int64 inner,
    int64 part) {
  if (cajal_cuda_reduce_columns(length, inner) == 128) {
    reduce_columns_of<Operation, 4>(matrix, sums, outer, length, inner, part);
  } else {
    reduce_columns_of<Operation, 1>(matrix, sums, outer, length, inner, part);
  }
}
