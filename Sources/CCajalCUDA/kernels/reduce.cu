// Sums, means and maxima along an axis, in an order that depends on the extents alone. Long axes
// are cut into parts of a fixed length, whose results are reduced by a second launch.

#include "reduce_columns.cuh"

/// Reduces this thread's share of a row: every `step`-th four elements from four `first` on. Four
/// results side by side, which keep the order with and without 16-byte accesses.
template <typename Operation>
__device__ inline float reduce_share(const float *row, int64 count, int64 first, int64 step) {
  float a = Operation::identity(), b = a, c = a, d = a;
  int64 fours = count / 4;
  if (is_aligned(row)) {
#pragma unroll 4
    for (int64 i = first; i < fours; i += step) {
      float4 v = load4(row + 4 * i);
      a = Operation::combine(a, v.x);
      b = Operation::combine(b, v.y);
      c = Operation::combine(c, v.z);
      d = Operation::combine(d, v.w);
    }
  } else {
#pragma unroll 4
    for (int64 i = first; i < fours; i += step) {
      const float *v = row + 4 * i;
      a = Operation::combine(a, v[0]);
      b = Operation::combine(b, v[1]);
      c = Operation::combine(c, v[2]);
      d = Operation::combine(d, v[3]);
    }
  }
  // At most three are left, for the thread whose turn it is.
  if (fours % step == first) {
    if (4 * fours < count) a = Operation::combine(a, row[4 * fours]);
    if (4 * fours + 1 < count) b = Operation::combine(b, row[4 * fours + 1]);
    if (4 * fours + 2 < count) c = Operation::combine(c, row[4 * fours + 2]);
  }
  return Operation::combine(Operation::combine(a, b), Operation::combine(c, d));
}

template <typename Operation>
__device__ inline void reduce_rows(
    int operation, const float *x, float *result, int64 rows, int64 length, float divisor) {
  // Short rows share a warp.
  int lanes = WARP;
  while (lanes > 1 && 2 * (int64)lanes >= length) lanes /= 2;
  int rows_per_block = (int)blockDim.x / lanes, lane = (int)threadIdx.x % lanes;
  for (int64 first = (int64)blockIdx.x * rows_per_block; first < rows;
       first += (int64)gridDim.x * rows_per_block) {
    int64 row = first + threadIdx.x / lanes;
    float value = Operation::identity();
    if (row < rows) value = reduce_share<Operation>(x + row * length, length, lane, lanes);
    for (int distance = lanes / 2; distance > 0; distance /= 2) {
      value = Operation::combine(value, __shfl_xor_sync(ALL_LANES, value, distance));
    }
    if (row < rows && lane == 0) result[row] = finished(operation, value, divisor);
  }
}

/// Reduces rows `[rows, length]`, up to a warp for each. `operation` is of cajal_cuda_reduce,
/// `divisor` what the mean divides by. For lengths of at most CAJAL_CUDA_SHORT_ROW.
/// Launch: 256 threads, ceil(rows · max(1, length / 4) / 256) blocks, at most 65536. No dynamic
/// shared memory.
extern "C" __global__ void __launch_bounds__(256) cajal_reduce_rows(
    int operation, const float *x, float *result, int64 rows, int64 length, float divisor) {
  if (operation == cajal_cuda_reduce_maximum) {
    reduce_rows<Maximum>(operation, x, result, rows, length, divisor);
  } else {
    reduce_rows<Sum>(operation, x, result, rows, length, divisor);
  }
}

template <typename Operation>
__device__ inline void reduce_parts(
    int operation, const float *x, float *result, int64 rows, int64 length, int64 part,
    float divisor) {
  int64 parts = divide_up(length, part);
  for (int64 i = blockIdx.x; i < rows * parts; i += gridDim.x) {
    int64 row = i / parts, first = (i - row * parts) * part;
    float value = block_reduce<Operation>(reduce_share<Operation>(
        x + row * length + first, smaller(part, length - first), threadIdx.x, blockDim.x));
    if (threadIdx.x == 0) result[i] = finished(operation, value, divisor);
  }
}

/// Reduces parts of rows `[rows, length]` to `[rows, parts]`, a block for each part of `part`
/// elements. Where there is more than one part, `operation` is the sum or the maximum, and a second
/// launch of this kernel or `cajal_reduce_rows` reduces the parts.
/// Launch: 256 threads, rows · ceil(length / part) blocks, part = CAJAL_CUDA_ROW_PART. No dynamic
/// shared memory.
extern "C" __global__ void __launch_bounds__(256) cajal_reduce_row_parts(
    int operation, const float *x, float *result, int64 rows, int64 length, int64 part,
    float divisor) {
  if (operation == cajal_cuda_reduce_maximum) {
    reduce_parts<Maximum>(operation, x, result, rows, length, part, divisor);
  } else {
    reduce_parts<Sum>(operation, x, result, rows, length, part, divisor);
  }
}

/// Reduces parts of the middle axis of `[outer, length, inner]` to `[outer, parts, inner]`, each of
/// `part` rows. Where there is more than one part, `operation` is the sum or the maximum, and a
/// second launch with length = parts = part reduces the parts. An empty axis has one part.
/// `accumulates` adds to what the result has.
/// Launch: exactly 256 threads, cajal_cuda_reduce_blocks(outer, length, inner) blocks,
/// part = cajal_cuda_reduce_part(outer, length, inner). No dynamic shared memory.
extern "C" __global__ void __launch_bounds__(256) cajal_reduce_columns(
    int operation, const float *x, float *result, int64 outer, int64 length, int64 inner,
    int64 part, float divisor, int accumulates) {
  ColumnSums to = {result, operation, divisor, accumulates};
  if (operation == cajal_cuda_reduce_maximum) {
    reduce_columns<Maximum>(StoredMatrix{x}, to, outer, length, inner, part);
  } else {
    reduce_columns<Sum>(StoredMatrix{x}, to, outer, length, inner, part);
  }
}

/// Adds the sums over the outermost axis of `partials` `[count, 2, width]` to `first` and `second`
/// `[width]`: the last step of the gradients of norms.
/// Launch: exactly 256 threads, ceil(2 · width / 32) blocks. No dynamic shared memory.
extern "C" __global__ void __launch_bounds__(256) cajal_add_partial_sums(
    const float *partials, int64 count, int64 width, float *first, float *second) {
  __shared__ float sums[256];
  int lane = lane_index(), warp = warp_index();
  for (int64 start = (int64)blockIdx.x * WARP; start < 2 * width;
       start += (int64)gridDim.x * WARP) {
    int64 column = start + lane;
    float sum = 0;
    if (column < 2 * width) {
#pragma unroll 4
      for (int64 i = warp; i < count; i += 8) sum += partials[i * 2 * width + column];
    }
    sums[threadIdx.x] = sum;
    __syncthreads();
    if (warp == 0 && column < 2 * width) {
      for (int i = 1; i < 8; i++) sum += sums[i * WARP + lane];
      if (column < width) {
        first[column] += sum;
      } else {
        second[column - width] += sum;
      }
    }
    __syncthreads();
  }
}
