// The gradients of layer normalization. With n the normalized row and h = g · scale:
// `dx = inverse · (h - mean(h) - n · mean(h · n))`, `dscale += Σ g · n`, `dbias += Σ g`.

#include "rows.cuh"

/// Where the gradient of what is normalized goes: it is stored, or added to what is there. What
/// dropout leaves of it is stored too, unless `dropped` is null: the gradient of a term of a sum.
struct NormGradient {
  float *x;
  int accumulates;
  float *dropped;
  cajal_cuda_dropout dropout;

  __device__ bool allows_fours() const { return is_aligned(x) && is_aligned(dropped); }

  __device__ void store(float4 own, int64 row, int64 column, int64 width, bool wide) const {
    if (accumulates != 0) {
      own = sum_of_fours(own, load_four(x + row * width, column, width, wide, 0));
    }
    store_four(x + row * width, column, width, wide, own);
    if (dropped == nullptr) return;
    own = dropped_four(dropout, row * width + column, own);
    store_four(dropped + row * width, column, width, wide, own);
  }
};

/// Adds what the warps of a block have summed, and writes it to `partials` `[2, width]` in turn.
template <int VECTORS>
__device__ inline void store_block_sums(
    RowValues<VECTORS> &scale_sums, RowValues<VECTORS> &bias_sums, float *partials, int64 width) {
  constexpr int WARPS = 8, SPAN = 4 * WARP;
  __shared__ float sums[2 * WARPS * SPAN];
  int warp = warp_index(), part = (int)threadIdx.x / SPAN, place = (int)threadIdx.x % SPAN;
#pragma unroll
  for (int v = 0; v < VECTORS; v++) {
    // Nobody may still read the vectors before.
    __syncthreads();
#pragma unroll
    for (int i = 0; i < 4; i++) {
      int at = warp * SPAN + 4 * lane_index() + i;
      sums[at] = scale_sums[4 * v + i];
      sums[WARPS * SPAN + at] = bias_sums[4 * v + i];
    }
    __syncthreads();
    int64 column = SPAN * v + place;
    if (column >= width) continue;
    float total = 0;
    for (int i = 0; i < WARPS; i++) total += sums[(part * WARPS + i) * SPAN + place];
    partials[part * width + column] = total;
  }
}

template <int VECTORS>
__device__ inline void layer_norm_gradient_rows(
    const float *x, const float *scale, const float *statistics, const float *result_gradient,
    const NormGradient &x_gradient, float *partials, int64 rows, int64 width) {
  bool wide = width % 4 == 0 && is_aligned(x) && is_aligned(scale) &&
              is_aligned(result_gradient) && x_gradient.allows_fours();
  RowValues<VECTORS> scale_sums, bias_sums;
#pragma unroll
  for (int i = 0; i < scale_sums.COUNT; i++) scale_sums[i] = bias_sums[i] = 0;
  FOR_EACH_WARP_ROW(row, rows) {
    float mean = statistics[2 * row], inverse = statistics[2 * row + 1];
    RowValues<VECTORS> normal, scaled;
    normal.load(x + row * width, width, wide, mean);
    scaled.load(result_gradient + row * width, width, wide, 0);
    float sum = 0, product = 0;
#pragma unroll
    for (int v = 0; v < VECTORS; v++) {
      float4 s = load_four(scale, normal.column(4 * v), width, wide, 0);
      float factors[4] = {s.x, s.y, s.z, s.w};
      float part = 0, part_product = 0;
#pragma unroll
      for (int j = 0; j < 4; j++) {
        int i = 4 * v + j;
        float gradient = scaled[i];
        normal[i] = (normal[i] - mean) * inverse;
        scale_sums[i] = fmaf(gradient, normal[i], scale_sums[i]);
        bias_sums[i] += gradient;
        scaled[i] = gradient * factors[j];
        part += scaled[i];
        part_product = fmaf(scaled[i], normal[i], part_product);
      }
      sum += part;
      product += part_product;
    }
    float mean_gradient = warp_sum(sum) / width, mean_product = warp_sum(product) / width;
#pragma unroll
    for (int i = 0; i < normal.COUNT; i++) {
      scaled[i] = inverse * (scaled[i] - mean_gradient - normal[i] * mean_product);
    }
#pragma unroll
    for (int v = 0; v < VECTORS; v++) {
      x_gradient.store(scaled.four(v), row, scaled.column(4 * v), width, wide);
    }
  }
  store_block_sums(scale_sums, bias_sums, partials + 2 * width * blockIdx.x, width);
}

/// Overwrites `x_gradient`, or adds to it, and writes what each block adds to the gradients of
/// scale and bias to `partials` `[blocks, 2, width]`, which `cajal_add_partial_sums` adds up. What
/// dropout leaves of `x_gradient` goes to `dropped`, which may be null. For rows of at most
/// CAJAL_CUDA_WARP_WIDTH elements.
/// Launch: exactly 256 threads and cajal_cuda_layer_norm_blocks(rows, width) blocks. No dynamic
/// shared memory.
extern "C" __global__ void __launch_bounds__(256) cajal_layer_norm_gradient(
    const float *x, const float *scale, const float *statistics, const float *result_gradient,
    float *x_gradient, int accumulates, float *dropped, cajal_cuda_dropout dropout,
    float *partials, int64 rows, int64 width) {
  NormGradient gradient = {x_gradient, accumulates, dropped, dropout};
  WITH_VECTORS(
      width, layer_norm_gradient_rows, x, scale, statistics, result_gradient, gradient, partials,
      rows, width)
}

/// A row per block, whose threads keep the sums of their own columns in registers.
template <int VECTORS>
__device__ inline void layer_norm_gradient_block_rows(
    const float *x, const float *scale, const float *statistics, const float *result_gradient,
    const NormGradient &x_gradient, float *scale_sums, float *bias_sums, int64 rows, int64 width) {
  bool wide = width % 4 == 0 && is_aligned(x) && is_aligned(scale) &&
              is_aligned(result_gradient) && x_gradient.allows_fours();
  float scale_parts[4 * VECTORS], bias_parts[4 * VECTORS];
#pragma unroll
  for (int i = 0; i < 4 * VECTORS; i++) scale_parts[i] = bias_parts[i] = 0;
  FOR_EACH_BLOCK_ROW(row, rows) {
    float mean = statistics[2 * row], inverse = statistics[2 * row + 1];
    float normal[4 * VECTORS], scaled[4 * VECTORS], sum = 0, product = 0;
#pragma unroll
    for (int v = 0; v < VECTORS; v++) {
      int64 column = 4 * ((int64)threadIdx.x + v * 256);
      float4 values = load_four(x + row * width, column, width, wide, mean);
      float4 gradients = load_four(result_gradient + row * width, column, width, wide, 0);
      float4 factors = load_four(scale, column, width, wide, 0);
      float n[4] = {values.x, values.y, values.z, values.w};
      float g[4] = {gradients.x, gradients.y, gradients.z, gradients.w};
      float s[4] = {factors.x, factors.y, factors.z, factors.w};
#pragma unroll
      for (int j = 0; j < 4; j++) {
        int i = 4 * v + j;
        normal[i] = (n[j] - mean) * inverse;
        scale_parts[i] = fmaf(g[j], normal[i], scale_parts[i]);
        bias_parts[i] += g[j];
        scaled[i] = g[j] * s[j];
        sum += scaled[i];
        product = fmaf(scaled[i], normal[i], product);
      }
    }
    float mean_gradient = block_sum(sum) / width, mean_product = block_sum(product) / width;
#pragma unroll
    for (int v = 0; v < VECTORS; v++) {
      float r[4];
#pragma unroll
      for (int j = 0; j < 4; j++) {
        int i = 4 * v + j;
        r[j] = inverse * (scaled[i] - mean_gradient - normal[i] * mean_product);
      }
      int64 column = 4 * ((int64)threadIdx.x + v * 256);
      x_gradient.store(make_float4(r[0], r[1], r[2], r[3]), row, column, width, wide);
    }
  }
#pragma unroll
  for (int i = 0; i < 4 * VECTORS; i++) {
    int64 column = 4 * ((int64)threadIdx.x + i / 4 * 256) + i % 4;
    if (column >= width) continue;
    scale_sums[column] = scale_parts[i];
    bias_sums[column] = bias_parts[i];
  }
}

/// A row per block, of any width: sums are kept in the partial sums themselves.
__device__ inline void layer_norm_gradient_any_rows(
    const float *x, const float *scale, const float *statistics, const float *result_gradient,
    const NormGradient &x_gradient, float *scale_sums, float *bias_sums, int64 rows, int64 width) {
  FOR_EACH_BLOCK_ROW(row, rows) {
    const float *input = x + row * width, *gradients = result_gradient + row * width;
    float mean = statistics[2 * row], inverse = statistics[2 * row + 1];
    float sum = 0, product = 0;
    bool is_first = row == blockIdx.x;
    // Every thread adds to the sums of its own columns: they need no barrier.
    FOR_EACH_IN_BLOCK(column, width) {
      float normal = (input[column] - mean) * inverse, gradient = gradients[column];
      scale_sums[column] = fmaf(gradient, normal, is_first ? 0 : scale_sums[column]);
      bias_sums[column] = gradient + (is_first ? 0 : bias_sums[column]);
      float scaled = gradient * scale[column];
      sum += scaled;
      product = fmaf(scaled, normal, product);
    }
    float mean_gradient = block_sum(sum) / width, mean_product = block_sum(product) / width;
    FOR_EACH_IN_BLOCK(column, width) {
      float normal = (input[column] - mean) * inverse;
      float own =
          inverse * (gradients[column] * scale[column] - mean_gradient - normal * mean_product);
      int64 element = row * width + column;
      if (x_gradient.accumulates != 0) own = __fadd_rn(x_gradient.x[element], own);
      x_gradient.x[element] = own;
      if (x_gradient.dropped == nullptr) continue;
      bool is_kept = philox_word(x_gradient.dropout.key, element) >= x_gradient.dropout.threshold;
      x_gradient.dropped[element] = is_kept ? own * x_gradient.dropout.scale : 0;
    }
  }
}

/// `cajal_layer_norm_gradient` for wider rows, which are read once up to 2048 elements.
/// Launch: exactly 256 threads and cajal_cuda_layer_norm_blocks(rows, width) blocks. No dynamic
/// shared memory.
extern "C" __global__ void __launch_bounds__(256) cajal_layer_norm_gradient_wide(
    const float *x, const float *scale, const float *statistics, const float *result_gradient,
    float *x_gradient, int accumulates, float *dropped, cajal_cuda_dropout dropout,
    float *partials, int64 rows, int64 width) {
  NormGradient gradient = {x_gradient, accumulates, dropped, dropout};
  float *scale_sums = partials + 2 * width * blockIdx.x, *bias_sums = scale_sums + width;
  if (width <= 1024) {
    layer_norm_gradient_block_rows<1>(
        x, scale, statistics, result_gradient, gradient, scale_sums, bias_sums, rows, width);
  } else if (width <= 2048) {
    layer_norm_gradient_block_rows<2>(
        x, scale, statistics, result_gradient, gradient, scale_sums, bias_sums, rows, width);
  } else {
    layer_norm_gradient_any_rows(
        x, scale, statistics, result_gradient, gradient, scale_sums, bias_sums, rows, width);
  }
}
