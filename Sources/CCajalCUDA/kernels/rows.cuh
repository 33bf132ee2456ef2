// Rows that a warp keeps in registers, or that a block walks. Lanes take four neighbors at a time,
// whether or not 16-byte accesses are possible, so that the order of a sum depends on the width
// alone.
#pragma once

#include "common.cuh"

/// Four neighbors from `column` on, a multiple of 4, and `otherwise` for those beyond the end of
/// the row. `wide` says that 16-byte accesses are possible: rows begin aligned and the width is a
/// multiple of 4.
__device__ inline float4 load_four(
    const float *row, int64 column, int64 width, bool wide, float otherwise) {
  if (wide && column < width) return load4(row + column);
  return make_float4(
      column < width ? row[column] : otherwise, column + 1 < width ? row[column + 1] : otherwise,
      column + 2 < width ? row[column + 2] : otherwise,
      column + 3 < width ? row[column + 3] : otherwise);
}

/// Stores what `load_four` would load.
__device__ inline void store_four(
    float *row, int64 column, int64 width, bool wide, float4 value) {
  if (wide) {
    if (column < width) store4(row + column, value);
    return;
  }
  if (column < width) row[column] = value.x;
  if (column + 1 < width) row[column + 1] = value.y;
  if (column + 2 < width) row[column + 2] = value.z;
  if (column + 3 < width) row[column + 3] = value.w;
}

/// Rounded after what is added has been rounded.
__device__ inline float4 sum_of_fours(float4 a, float4 b) {
  return make_float4(
      __fadd_rn(a.x, b.x), __fadd_rn(a.y, b.y), __fadd_rn(a.z, b.z), __fadd_rn(a.w, b.w));
}

/// Four neighbors of a sequence from `element` on, after dropout: the bits of the CPU's. A
/// threshold of 0 drops nothing.
__device__ inline float4 dropped_four(
    const cajal_cuda_dropout &dropout, int64 element, float4 value) {
  if (dropout.threshold == 0) return value;
  // Two blocks where the row does not begin with one. A loop, so that the compiler does not compute
  // blocks side by side, for which it would take many registers.
  int place = (int)(element % 4);
  uint4 first = make_uint4(0, 0, 0, 0), last = first;
#pragma unroll 1
  for (int i = 0; i <= (place != 0 ? 1 : 0); i++) {
    first = last;
    last = philox(dropout.key, (uint32)(element / 4 + i));
  }
  uint4 words = place == 0   ? last
                : place == 1 ? make_uint4(first.y, first.z, first.w, last.x)
                : place == 2 ? make_uint4(first.z, first.w, last.x, last.y)
                             : make_uint4(first.w, last.x, last.y, last.z);
  auto kept = [&](uint32 word, float v) {
    return word >= dropout.threshold ? v * dropout.scale : 0;
  };
  return make_float4(
      kept(words.x, value.x), kept(words.y, value.y), kept(words.z, value.z),
      kept(words.w, value.w));
}

/// A row, or the part of one, that the lanes of a warp hold: 128 elements per vector.
template <int VECTORS>
struct RowValues {
  static constexpr int COUNT = 4 * VECTORS;
  float values[COUNT];

  __device__ float &operator[](int i) { return values[i]; }

  /// Values of one vector.
  __device__ float4 four(int v) const {
    return make_float4(values[4 * v], values[4 * v + 1], values[4 * v + 2], values[4 * v + 3]);
  }

  __device__ void set_four(int v, float4 four) {
    values[4 * v] = four.x;
    values[4 * v + 1] = four.y;
    values[4 * v + 2] = four.z;
    values[4 * v + 3] = four.w;
  }

  /// The column of value i of this lane.
  static __device__ int column(int i) { return 4 * (lane_index() + WARP * (i / 4)) + i % 4; }

  __device__ void load(const float *row, int64 width, bool wide, float otherwise) {
#pragma unroll
    for (int v = 0; v < VECTORS; v++) {
      set_four(v, load_four(row, column(4 * v), width, wide, otherwise));
    }
  }

  __device__ void store(float *row, int64 width, bool wide) const {
#pragma unroll
    for (int v = 0; v < VECTORS; v++) {
      store_four(row, column(4 * v), width, wide, four(v));
    }
  }

  /// The sum over the warp, in pairs of pairs.
  __device__ float sum() const {
    float total = 0;
#pragma unroll
    for (int v = 0; v < VECTORS; v++) {
      total += (values[4 * v] + values[4 * v + 1]) + (values[4 * v + 2] + values[4 * v + 3]);
    }
    return warp_sum(total);
  }

  /// The largest over the warp.
  __device__ float largest() const {
    float result = -CAJAL_INFINITY;
#pragma unroll
    for (int i = 0; i < COUNT; i++) result = maximum(result, values[i]);
    return warp_maximum(result);
  }
};

/// Visits rows, one per warp, with all warps of the grid.
#define FOR_EACH_WARP_ROW(row, rows) \
  for (int64 row = grid_index() / WARP, row##_end = (rows); row < row##_end; \
       row += grid_threads() / WARP)

/// Visits rows, one per block.
#define FOR_EACH_BLOCK_ROW(row, rows) \
  for (int64 row = blockIdx.x, row##_end = (rows); row < row##_end; row += gridDim.x)

/// Visits this thread's columns of a block's row, four at a time.
#define FOR_EACH_FOUR_IN_BLOCK(column, width) \
  for (int64 column = 4 * (int64)threadIdx.x, column##_end = (width); column < column##_end; \
       column += 4 * (int64)blockDim.x)

/// Calls `function<V>(arguments)` for the least number of vectors that hold a row of at most
/// CAJAL_CUDA_WARP_WIDTH elements.
#define WITH_VECTORS(width, function, ...) \
  if ((width) <= 128) { \
    function<1>(__VA_ARGS__); \
  } else if ((width) <= 256) { \
    function<2>(__VA_ARGS__); \
  } else { \
    function<4>(__VA_ARGS__); \
  }
