// Sums of tiles whose summed elements are cut into slices, one for each of a block's grids of
// warps.
#pragma once

#include "product_tile.cuh"

/// Stores the sums, each row at an offset from the result's first element, a multiple of its
/// stride. Those of slices are added before, in shared memory: `left` and `right`, where the tiles
/// were, are free, and are again when this returns.
template <typename Shape, typename Offset>
__device__ inline void store_sums(
    const typename Shape::Sums &sums, const ProductResult &result, void *left, void *right,
    Offset offset) {
  if constexpr (Shape::SLICES == 1) {
    sums.store(result, offset);
  } else {
    constexpr int columns = Shape::COLUMNS, size = Shape::ROWS * columns;
    constexpr int half = Shape::SLICES / 2;
    static_assert(
        half * size * sizeof(float)
            <= 2 * smaller(Shape::LEFT_TILE, Shape::RIGHT_TILE) * sizeof(typename Shape::Element),
        "the sums of half the slices fit where tiles were");
    auto sums_of = [&](int slice) {
      return static_cast<float *>(slice < half ? left : right) + slice % half * size;
    };
    ProductResult own = {
        sums_of(slice_index<Shape>()), columns, Shape::ROWS, columns, nullptr, 0, 0};
    own.store(sums);
    __syncthreads();
    bool aligned = is_aligned(result.first) && result.stride % 4 == 0;
    for (int at = 4 * (int)threadIdx.x; at < size; at += 4 * Shape::THREADS) {
      int row = at / columns, column = at % columns, count = result.columns - column;
      if (row >= result.rows || count <= 0) continue;
      float4 sum = load4(sums_of(0) + at);
#pragma unroll
      for (int slice = 1; slice < Shape::SLICES; slice++) {
        float4 v = load4(sums_of(slice) + at);
        sum = make_float4(sum.x + v.x, sum.y + v.y, sum.z + v.z, sum.w + v.w);
      }
      float4 offsets = make_float4(0, 0, 0, 0);
      if (result.bias != nullptr) offsets = load4_or_zeros(result.bias + column, false, count);
      result.write(result.first + offset(row) + column, &sum.x, offsets, aligned, count);
    }
    __syncthreads();
  }
}
