// Rows of tables, by indices.

#include "rows.cuh"

/// Looks for indices outside of `lowest ..< end`. `report` is two ints of pinned host memory, 0 at
/// first: the kernel writes only when it finds one, the first one to `report[1]` and 1 to
/// `report[0]`, and never again. So the host reads plain memory whenever it waits for the device
/// anyhow, and also when the device fails: a wrong index makes later kernels read elsewhere.
/// Launch: 1 block of 1024 threads. No dynamic shared memory.
extern "C" __global__ void __launch_bounds__(1024) cajal_require_indices(
    const int *indices, int64 count, int64 lowest, int64 end, int *report) {
  __shared__ int64 firsts[WARP];
  int64 first = count;
#pragma unroll 4
  for (int64 i = threadIdx.x; i < count; i += blockDim.x) {
    if (indices[i] < lowest || indices[i] >= end) first = smaller(first, i);
  }
  for (int distance = WARP / 2; distance > 0; distance /= 2) {
    first = smaller(first, __shfl_xor_sync(ALL_LANES, first, distance));
  }
  if (lane_index() == 0) firsts[warp_index()] = first;
  __syncthreads();
  if (threadIdx.x != 0) return;
  for (int i = 1; i < warp_count(); i++) first = smaller(first, firsts[i]);
  if (first == count || report[0] != 0) return;
  report[1] = indices[first];
  report[0] = 1;
}

/// `result[i, :] = scale · table[indices[i], :]`, rows of `width` elements; zeros for a negative
/// index. Plus `addend[i, :]` where there is an addend.
/// Launch: 256 threads, ceil(count · width / 1024) blocks, at most 65536. No shared memory.
extern "C" __global__ void cajal_gather_rows(
    const float *table, const int *indices, float scale, const float *addend, float *result,
    int64 count, int64 width) {
  bool wide = width % 4 == 0 && is_aligned(table) && is_aligned(result) && is_aligned(addend);
  int64 step = wide ? 4 : 1, per_row = width / step, total = count * per_row;
  FOR_EACH_INDEX(i, total) {
    // Divisions of 32-bit numbers take a fraction of the time.
    int64 row = total <= 0x7fffffff ? (int64)((uint32)i / (uint32)per_row) : i / per_row;
    int64 column = (i - row * per_row) * step, index = indices[row];
    if (wide) {
      float4 v = make_float4(0, 0, 0, 0);
      if (index >= 0) {
        v = load4(table + index * width + column);
        v = make_float4(scale * v.x, scale * v.y, scale * v.z, scale * v.w);
      }
      if (addend != nullptr) v = sum_of_fours(load4(addend + row * width + column), v);
      store4(result + row * width + column, v);
    } else {
      float v = index < 0 ? 0 : scale * table[index * width + column];
      if (addend != nullptr) v = __fadd_rn(addend[row * width + column], v);
      result[row * width + column] = v;
    }
  }
}
