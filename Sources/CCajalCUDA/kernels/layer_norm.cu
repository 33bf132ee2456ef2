// Layer normalization of rows, and of sums of rows.

#include "rows.cuh"

/// What is normalized: `x`, or, where there is a `sum`, what dropout leaves of `x` plus a residual,
/// which may be null. The sum is kept.
struct NormOperand {
  const float *x, *residual;
  float *sum;
  cajal_cuda_dropout dropout;

  __device__ bool allows_fours() const {
    return is_aligned(x) && is_aligned(residual) && is_aligned(sum);
  }

  /// Four neighbors of a row.
  __device__ float4 load(int64 row, int64 column, int64 width, bool wide) const {
    int64 start = row * width;
    float4 v = load_four(x + start, column, width, wide, 0);
    if (sum == nullptr) return v;
    float4 other = make_float4(0, 0, 0, 0);
    if (residual != nullptr) other = load_four(residual + start, column, width, wide, 0);
    v = dropped_four(dropout, start + column, v);
    if (residual != nullptr) v = sum_of_fours(v, other);
    store_four(sum + start, column, width, wide, v);
    return v;
  }
};

template <int VECTORS>
__device__ inline void layer_norm_rows(
    const NormOperand &x, const float *scale, const float *bias, float *result, float *statistics,
    int64 rows, int64 width, float epsilon) {
  bool wide = width % 4 == 0 && x.allows_fours() && is_aligned(result) && is_aligned(scale) &&
              is_aligned(bias);
  FOR_EACH_WARP_ROW(row, rows) {
    RowValues<VECTORS> values, squares;
#pragma unroll
    for (int v = 0; v < VECTORS; v++) {
      values.set_four(v, x.load(row, values.column(4 * v), width, wide));
    }
    float mean = values.sum() / width;
#pragma unroll
    for (int i = 0; i < values.COUNT; i++) {
      values[i] = values.column(i) < width ? values[i] - mean : 0;
      squares[i] = values[i] * values[i];
    }
    float inverse = 1 / sqrtf(squares.sum() / width + epsilon);
    if (statistics != nullptr && lane_index() == 0) {
      statistics[2 * row] = mean;
      statistics[2 * row + 1] = inverse;
    }
    // One vector at a time, so that scales and biases take few registers.
#pragma unroll
    for (int v = 0; v < VECTORS; v++) {
      int column = values.column(4 * v);
      float4 s = load_four(scale, column, width, wide, 0);
      float4 b = load_four(bias, column, width, wide, 0);
      store_four(
          result + row * width, column, width, wide,
          make_float4(
              fmaf(values[4 * v] * inverse, s.x, b.x), fmaf(values[4 * v + 1] * inverse, s.y, b.y),
              fmaf(values[4 * v + 2] * inverse, s.z, b.z),
              fmaf(values[4 * v + 3] * inverse, s.w, b.w)));
    }
  }
}

/// Layer normalization of each row `[rows, width]` with `scale` and `bias` `[width]`. The rows are
/// those of `x`, or of `sum = residual + dropout(x)` where `sum` is not null; `residual` may be
/// null. `statistics` `[rows, 2]`, the means and inverse deviations, may be null. For rows of at
/// most CAJAL_CUDA_WARP_WIDTH elements.
/// Launch: 256 threads, a warp per row: ceil(rows / 8) blocks. No shared memory.
extern "C" __global__ void __launch_bounds__(256) cajal_layer_norm(
    const float *x, const float *residual, float *sum, cajal_cuda_dropout dropout,
    const float *scale, const float *bias, float *result, float *statistics, int64 rows,
    int64 width, float epsilon) {
  NormOperand operand = {x, residual, sum, dropout};
  WITH_VECTORS(
      width, layer_norm_rows, operand, scale, bias, result, statistics, rows, width, epsilon)
}

/// `cajal_layer_norm` for rows of up to twice that width. It takes more registers.
/// Launch: 256 threads, a warp per row: ceil(rows / 8) blocks. No shared memory.
extern "C" __global__ void __launch_bounds__(256) cajal_layer_norm_medium(
    const float *x, const float *residual, float *sum, cajal_cuda_dropout dropout,
    const float *scale, const float *bias, float *result, float *statistics, int64 rows,
    int64 width, float epsilon) {
  layer_norm_rows<8>(
      {x, residual, sum, dropout}, scale, bias, result, statistics, rows, width, epsilon);
}

/// `cajal_layer_norm` for wider rows, which are read three times.
/// Launch: 256 threads, a block per row. No dynamic shared memory.
extern "C" __global__ void __launch_bounds__(256) cajal_layer_norm_wide(
    const float *x, const float *residual, float *sum, cajal_cuda_dropout dropout,
    const float *scale, const float *bias, float *result, float *statistics, int64 rows,
    int64 width, float epsilon) {
  NormOperand operand = {x, residual, sum, dropout};
  bool wide = width % 4 == 0 && operand.allows_fours() && is_aligned(result) &&
              is_aligned(scale) && is_aligned(bias);
  FOR_EACH_BLOCK_ROW(row, rows) {
    float total = 0;
    FOR_EACH_FOUR_IN_BLOCK(column, width) {
      float4 v = operand.load(row, column, width, wide);
      total += (v.x + v.y) + (v.z + v.w);
    }
    // A thread reads of the sum what it has kept itself.
    const float *input = (sum == nullptr ? x : sum) + row * width;
    float mean = block_sum(total) / width, squares = 0;
    FOR_EACH_FOUR_IN_BLOCK(column, width) {
      float4 v = load_four(input, column, width, wide, mean);
      v = make_float4(v.x - mean, v.y - mean, v.z - mean, v.w - mean);
      squares += (v.x * v.x + v.y * v.y) + (v.z * v.z + v.w * v.w);
    }
    float inverse = 1 / sqrtf(block_sum(squares) / width + epsilon);
    if (statistics != nullptr && threadIdx.x == 0) {
      statistics[2 * row] = mean;
      statistics[2 * row + 1] = inverse;
    }
    FOR_EACH_FOUR_IN_BLOCK(column, width) {
      float4 v = load_four(input, column, width, wide, 0);
      float4 s = load_four(scale, column, width, wide, 0);
      float4 b = load_four(bias, column, width, wide, 0);
      store_four(
          result + row * width, column, width, wide,
          make_float4(
              fmaf((v.x - mean) * inverse, s.x, b.x), fmaf((v.y - mean) * inverse, s.y, b.y),
              fmaf((v.z - mean) * inverse, s.z, b.z), fmaf((v.w - mean) * inverse, s.w, b.w)));
    }
  }
}
