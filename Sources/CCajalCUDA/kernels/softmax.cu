// Softmax of rows, its logarithm, and their gradients.

#include "rows.cuh"

template <int VECTORS>
__device__ inline void softmax_rows(
    const float *x, float *result, int64 rows, int64 width, int logarithm) {
  bool wide = width % 4 == 0 && is_aligned(x) && is_aligned(result);
  FOR_EACH_WARP_ROW(row, rows) {
    RowValues<VECTORS> values, terms;
    values.load(x + row * width, width, wide, -CAJAL_INFINITY);
    float largest = values.largest();
#pragma unroll
    for (int i = 0; i < values.COUNT; i++) terms[i] = expf(values[i] - largest);
    float sum = terms.sum();
    float offset = largest + logf(sum), factor = 1 / sum;
#pragma unroll
    for (int i = 0; i < values.COUNT; i++) {
      values[i] = logarithm != 0 ? values[i] - offset : terms[i] * factor;
    }
    values.store(result + row * width, width, wide);
  }
}

/// Softmax of each row `[rows, width]`, or its logarithm; `result` may be `x`. For rows of at most
/// CAJAL_CUDA_WARP_WIDTH elements.
/// Launch: 256 threads, a warp per row: ceil(rows / 8) blocks. No shared memory.
extern "C" __global__ void __launch_bounds__(256) cajal_softmax(
    const float *x, float *result, int64 rows, int64 width, int logarithm) {
  WITH_VECTORS(width, softmax_rows, x, result, rows, width, logarithm)
}

/// `cajal_softmax` for rows of up to twice that width. It takes more registers.
/// Launch: 256 threads, a warp per row: ceil(rows / 8) blocks. No shared memory.
extern "C" __global__ void __launch_bounds__(256) cajal_softmax_medium(
    const float *x, float *result, int64 rows, int64 width, int logarithm) {
  softmax_rows<8>(x, result, rows, width, logarithm);
}

/// The largest of four and what was the largest before.
__device__ inline float largest_of(float before, float4 v) {
  return maximum(maximum(before, maximum(v.x, v.y)), maximum(v.z, v.w));
}

/// `cajal_softmax` for wider rows, which are read twice.
/// Launch: 256 threads, a block per row. No dynamic shared memory.
extern "C" __global__ void __launch_bounds__(256) cajal_softmax_wide(
    const float *x, float *result, int64 rows, int64 width, int logarithm) {
  bool wide = width % 4 == 0 && is_aligned(x) && is_aligned(result);
  FOR_EACH_BLOCK_ROW(row, rows) {
    const float *input = x + row * width;
    float largest = -CAJAL_INFINITY, sum = 0;
    FOR_EACH_FOUR_IN_BLOCK(column, width) {
      float4 v = load_four(input, column, width, wide, -CAJAL_INFINITY);
      float before = largest;
      largest = largest_of(before, v);
      // Nothing but -infinity so far: the differences would be NaN.
      if (largest == -CAJAL_INFINITY) continue;
      sum = sum * expf(before - largest) + ((expf(v.x - largest) + expf(v.y - largest)) +
                                            (expf(v.z - largest) + expf(v.w - largest)));
    }
    float whole = block_maximum(largest);
    sum = block_sum(sum * expf(largest - whole));
    float offset = whole + logf(sum), factor = 1 / sum;
    FOR_EACH_FOUR_IN_BLOCK(column, width) {
      float4 v = load_four(input, column, width, wide, 0);
      if (logarithm != 0) {
        v = make_float4(v.x - offset, v.y - offset, v.z - offset, v.w - offset);
      } else {
        v = make_float4(
            expf(v.x - whole) * factor, expf(v.y - whole) * factor, expf(v.z - whole) * factor,
            expf(v.w - whole) * factor);
      }
      store_four(result + row * width, column, width, wide, v);
    }
  }
}

/// What the gradient's sum over a row is of.
__device__ inline float sum_term(float y, float g, int logarithm) {
  return logarithm != 0 ? g : g * y;
}

/// The gradient of one element, given the sum over its row.
__device__ inline float element_gradient(float y, float g, float sum, int logarithm) {
  return logarithm != 0 ? g - expf(y) * sum : y * (g - sum);
}

template <int VECTORS>
__device__ inline void softmax_gradient_rows(
    const float *y, const float *result_gradient, float *x_gradient, int64 rows, int64 width,
    int logarithm) {
  bool wide = width % 4 == 0 && is_aligned(y) && is_aligned(result_gradient) &&
              is_aligned(x_gradient);
  FOR_EACH_WARP_ROW(row, rows) {
    RowValues<VECTORS> values, gradients, terms;
    values.load(y + row * width, width, wide, 0);
    gradients.load(result_gradient + row * width, width, wide, 0);
#pragma unroll
    for (int i = 0; i < values.COUNT; i++) {
      terms[i] = sum_term(values[i], gradients[i], logarithm);
    }
    float sum = terms.sum();
#pragma unroll
    for (int i = 0; i < values.COUNT; i++) {
      gradients[i] = element_gradient(values[i], gradients[i], sum, logarithm);
    }
    gradients.store(x_gradient + row * width, width, wide);
  }
}

/// The gradient of `cajal_softmax` from its result `y`; `x_gradient` may be `result_gradient`. For
/// rows of at most CAJAL_CUDA_WARP_WIDTH elements.
/// Launch: 256 threads, a warp per row: ceil(rows / 8) blocks. No shared memory.
extern "C" __global__ void __launch_bounds__(256) cajal_softmax_gradient(
    const float *y, const float *result_gradient, float *x_gradient, int64 rows, int64 width,
    int logarithm) {
  WITH_VECTORS(
      width, softmax_gradient_rows, y, result_gradient, x_gradient, rows, width, logarithm)
}

/// `cajal_softmax_gradient` for wider rows, which are read twice.
/// Launch: 256 threads, a block per row. No dynamic shared memory.
extern "C" __global__ void __launch_bounds__(256) cajal_softmax_gradient_wide(
    const float *y, const float *result_gradient, float *x_gradient, int64 rows, int64 width,
    int logarithm) {
  bool wide = width % 4 == 0 && is_aligned(y) && is_aligned(result_gradient) &&
              is_aligned(x_gradient);
  FOR_EACH_BLOCK_ROW(row, rows) {
    const float *values = y + row * width, *gradients = result_gradient + row * width;
    float sum = 0;
    FOR_EACH_FOUR_IN_BLOCK(column, width) {
      float4 v = load_four(values, column, width, wide, 0);
      float4 g = load_four(gradients, column, width, wide, 0);
      sum += (sum_term(v.x, g.x, logarithm) + sum_term(v.y, g.y, logarithm)) +
             (sum_term(v.z, g.z, logarithm) + sum_term(v.w, g.w, logarithm));
    }
    sum = block_sum(sum);
    FOR_EACH_FOUR_IN_BLOCK(column, width) {
      float4 v = load_four(values, column, width, wide, 0);
      float4 g = load_four(gradients, column, width, wide, 0);
      store_four(
          x_gradient + row * width, column, width, wide,
          make_float4(
              element_gradient(v.x, g.x, sum, logarithm),
              element_gradient(v.y, g.y, sum, logarithm),
              element_gradient(v.z, g.z, sum, logarithm),
              element_gradient(v.w, g.w, sum, logarithm)));
    }
  }
}
