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

/// A quotient. Divisions of 32-bit numbers take a fraction of the time.
__device__ inline int64 quotient(int64 a, int64 b, bool is_small) {
  return is_small ? (int64)((uint32)a / (uint32)b) : a / b;
}

/// The row of a term's table that is added to row `row` of the result; negative for none.
__device__ inline int64 term_row(
    const cajal_cuda_row_terms &terms, int term, int64 row, bool is_small) {
  if (terms.indices[term] != nullptr) return terms.indices[term][row];
  int64 rows = terms.rows[term];
  return row < rows ? row : row - rows * quotient(row, rows, is_small);
}

/// `result[i, :]`, rows of `width` elements, is the sum of the terms' rows in their order. `result`
/// may be a table without indices that has as many rows.
/// Launch: 256 threads, ceil(count · width / 1024) blocks, at most 65536. No shared memory.
extern "C" __global__ void cajal_gather_rows(
    cajal_cuda_row_terms terms, float *result, int64 count, int64 width) {
  bool wide = width % 4 == 0 && is_aligned(result);
  for (int term = 0; term < terms.count; term++) {
    wide = wide && is_aligned(terms.tables[term]);
  }
  int64 step = wide ? 4 : 1, per_row = width / step, total = count * per_row;
  bool is_small = total <= 0x7fffffff;
  FOR_EACH_INDEX(i, total) {
    int64 row = quotient(i, per_row, is_small), column = (i - row * per_row) * step;
    float4 sum = make_float4(0, 0, 0, 0);
    for (int term = 0; term < terms.count; term++) {
      int64 from = term_row(terms, term, row, is_small);
      float scale = terms.scales[term];
      float4 v = make_float4(0, 0, 0, 0);
      if (from >= 0) {
        const float *place = terms.tables[term] + from * width + column;
        if (wide) {
          v = load4(place);
        } else {
          v.x = *place;
        }
      }
      // Rounded before it is added, as on the CPU.
      v = make_float4(
          __fmul_rn(scale, v.x), __fmul_rn(scale, v.y), __fmul_rn(scale, v.z),
          __fmul_rn(scale, v.w));
      sum = term == 0 ? v : sum_of_fours(sum, v);
    }
    if (wide) {
      store4(result + row * width + column, sum);
    } else {
      result[row * width + column] = sum.x;
    }
  }
}
