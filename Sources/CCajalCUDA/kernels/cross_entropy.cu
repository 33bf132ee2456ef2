// The cross-entropy of rows of logits against smoothed labels, and its gradient.

#include "rows.cuh"

/// The loss of a row from its parts: the logarithm of the sum of e^(x - largest), the label's
/// logit and the sum of all logits, both minus the largest.
__device__ inline float smoothed_loss(
    const cajal_cuda_smoothed_label &target, float log_sum, double label, double differences,
    int64 width) {
  double loss = target.on_label > 0 ? target.on_label * (log_sum - label) : 0;
  // A class without probability adds nothing, even where its logit is -infinity.
  if (target.elsewhere > 0) {
    loss += target.elsewhere * ((double)(width - 1) * log_sum - (differences - label));
  }
  return (float)(loss - target.entropy);
}

/// Stores the gradient of a row's loss times `factor`, of e^(x - largest) and the inverse of their
/// sum.
template <int VECTORS>
__device__ inline void store_slopes(
    RowValues<VECTORS> &values, float inverse, float factor, int label, float *gradient,
    int64 width, bool wide, const cajal_cuda_smoothed_label &target) {
  float on_label = (float)target.on_label, elsewhere = (float)target.elsewhere;
#pragma unroll
  for (int i = 0; i < values.COUNT; i++) {
    float wanted = values.column(i) == label ? on_label : elsewhere;
    values[i] = factor * (values[i] * inverse - wanted);
  }
  values.store(gradient, width, wide);
}

template <int VECTORS>
__device__ inline void cross_entropy_rows(
    const float *logits, const int *labels, float *losses, float factor, float *gradient,
    int64 rows, int64 width, const cajal_cuda_smoothed_label &target) {
  bool wide = width % 4 == 0 && is_aligned(logits) && is_aligned(gradient);
  FOR_EACH_WARP_ROW(row, rows) {
    const float *input = logits + row * width;
    RowValues<VECTORS> values, terms;
    values.load(input, width, wide, -CAJAL_INFINITY);
    float largest = values.largest();
#pragma unroll
    for (int i = 0; i < values.COUNT; i++) {
      float difference = values[i] - largest;
      terms[i] = expf(difference);
      values[i] = values.column(i) < width ? difference : 0;
    }
    float sum = terms.sum(), differences = values.sum();
    int label = labels[row];
    if (gradient != nullptr) {
      store_slopes(
          terms, 1 / sum, factor, label, gradient + row * width, width, wide, target);
    }
    if (lane_index() == 0) {
      double on_label = (double)input[label] - largest;
      losses[row] = smoothed_loss(target, logf(sum), on_label, differences, width);
    }
  }
}

/// The loss of each row of `logits` `[rows, width]`, and the gradient of their sum times `factor`
/// unless `gradient` is null. The host computes the struct as SmoothedLabel of the reference does.
/// For rows of at most CAJAL_CUDA_WARP_WIDTH elements.
/// Launch: 256 threads, a warp per row: ceil(rows / 8) blocks. No shared memory.
extern "C" __global__ void __launch_bounds__(256, 3) cajal_cross_entropy(
    const float *logits, const int *labels, float *losses, float factor, float *gradient,
    int64 rows, int64 width, cajal_cuda_smoothed_label target) {
  WITH_VECTORS(
      width, cross_entropy_rows, logits, labels, losses, factor, gradient, rows, width, target)
}

/// The sum of e^(x - largest) over a row, whose largest element the whole block knows. NaN where
/// all are -infinity.
__device__ inline float block_exponentials(
    const float *row, int64 width, bool wide, float largest) {
  float sum = 0;
  FOR_EACH_FOUR_IN_BLOCK(column, width) {
    float4 v = load_four(row, column, width, wide, -CAJAL_INFINITY);
    sum += (expf(v.x - largest) + expf(v.y - largest)) +
           (expf(v.z - largest) + expf(v.w - largest));
  }
  return block_sum(sum);
}

/// The largest element of a row.
__device__ inline float block_largest(const float *row, int64 width, bool wide) {
  float largest = -CAJAL_INFINITY;
  FOR_EACH_FOUR_IN_BLOCK(column, width) {
    float4 v = load_four(row, column, width, wide, -CAJAL_INFINITY);
    largest = maximum(maximum(largest, maximum(v.x, v.y)), maximum(v.z, v.w));
  }
  return block_maximum(largest);
}

/// Stores the gradient of a row's loss times `factor`, of its largest element and the inverse of
/// the sum of e^(x - largest), which the whole block knows.
__device__ inline void store_block_slopes(
    const float *row, float largest, float inverse, float factor, int label, float *gradient,
    int64 width, bool wide, const cajal_cuda_smoothed_label &target) {
  float on_label = (float)target.on_label, elsewhere = (float)target.elsewhere;
  FOR_EACH_FOUR_IN_BLOCK(column, width) {
    float4 v = load_four(row, column, width, wide, 0);
    auto slope = [&](float x, int place) {
      float wanted = column + place == label ? on_label : elsewhere;
      return factor * (expf(x - largest) * inverse - wanted);
    };
    store_four(
        gradient, column, width, wide,
        make_float4(slope(v.x, 0), slope(v.y, 1), slope(v.z, 2), slope(v.w, 3)));
  }
}

/// `cajal_cross_entropy` for wider rows, which are read twice, and once more for the gradient.
/// Launch: 256 threads, a block per row. No dynamic shared memory.
extern "C" __global__ void __launch_bounds__(256) cajal_cross_entropy_wide(
    const float *logits, const int *labels, float *losses, float factor, float *gradient,
    int64 rows, int64 width, cajal_cuda_smoothed_label target) {
  bool wide = width % 4 == 0 && is_aligned(logits) && is_aligned(gradient);
  FOR_EACH_BLOCK_ROW(row, rows) {
    const float *input = logits + row * width;
    float largest = block_largest(input, width, wide);
    float sum = 0, differences = 0;
    FOR_EACH_FOUR_IN_BLOCK(column, width) {
      float4 v = load_four(input, column, width, wide, -CAJAL_INFINITY);
      v = make_float4(v.x - largest, v.y - largest, v.z - largest, v.w - largest);
      sum += (expf(v.x) + expf(v.y)) + (expf(v.z) + expf(v.w));
      differences += (v.x + (column + 1 < width ? v.y : 0)) +
                     ((column + 2 < width ? v.z : 0) + (column + 3 < width ? v.w : 0));
    }
    sum = block_sum(sum);
    differences = block_sum(differences);
    if (threadIdx.x == 0) {
      double label = (double)input[labels[row]] - largest;
      losses[row] = smoothed_loss(target, logf(sum), label, differences, width);
    }
    if (gradient == nullptr) continue;
    store_block_slopes(
        input, largest, 1 / sum, factor, labels[row], gradient + row * width, width, wide,
        target);
  }
}

template <int VECTORS>
__device__ inline void cross_entropy_gradient_rows(
    const float *logits, const int *labels, const float *scale, float divisor, float *gradient,
    int64 rows, int64 width, const cajal_cuda_smoothed_label &target) {
  bool wide = width % 4 == 0 && is_aligned(logits) && is_aligned(gradient);
  float factor = *scale / divisor;
  FOR_EACH_WARP_ROW(row, rows) {
    RowValues<VECTORS> values;
    values.load(logits + row * width, width, wide, -CAJAL_INFINITY);
    float largest = values.largest();
#pragma unroll
    for (int i = 0; i < values.COUNT; i++) values[i] = expf(values[i] - largest);
    float inverse = 1 / values.sum();
    store_slopes(
        values, inverse, factor, labels[row], gradient + row * width, width, wide, target);
  }
}

/// The gradient of the sum of the losses, times `*scale / divisor`, where `scale` is one element of
/// the device's memory; `gradient` may be `logits`. For rows of at most CAJAL_CUDA_WARP_WIDTH
/// elements.
/// Launch: 256 threads, a warp per row: ceil(rows / 8) blocks. No shared memory.
extern "C" __global__ void __launch_bounds__(256) cajal_cross_entropy_gradient(
    const float *logits, const int *labels, const float *scale, float divisor, float *gradient,
    int64 rows, int64 width, cajal_cuda_smoothed_label target) {
  WITH_VECTORS(
      width, cross_entropy_gradient_rows, logits, labels, scale, divisor, gradient, rows, width,
      target)
}

/// `cajal_cross_entropy_gradient` for wider rows, which are read three times.
/// Launch: 256 threads, a block per row. No dynamic shared memory.
extern "C" __global__ void __launch_bounds__(256) cajal_cross_entropy_gradient_wide(
    const float *logits, const int *labels, const float *scale, float divisor, float *gradient,
    int64 rows, int64 width, cajal_cuda_smoothed_label target) {
  bool wide = width % 4 == 0 && is_aligned(logits) && is_aligned(gradient);
  float factor = *scale / divisor;
  FOR_EACH_BLOCK_ROW(row, rows) {
    const float *input = logits + row * width;
    float largest = block_largest(input, width, wide);
    float inverse = 1 / block_exponentials(input, width, wide, largest);
    store_block_slopes(
        input, largest, inverse, factor, labels[row], gradient + row * width, width, wide,
        target);
  }
}
