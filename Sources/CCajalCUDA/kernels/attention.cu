// Attention, forward: an online softmax over the plan's key tiles, in units of ln 2, so that the
// exponential is 2^x.

#include "attention.cuh"

/// The softmax of a thread's four rows: the largest logit so far, and this thread's part of the
/// sum of the weights relative to it.
struct SoftmaxRows {
  float largest[4], sum[4];

  /// Turns logits into weights and returns what older weights are to be multiplied with.
  template <int WIDTH>
  __device__ void weigh(
      const AttentionMemory<WIDTH> &memory, const cajal_cuda_attention &a,
      ProductSums<AttentionLogits> &logits, float (&factors)[4]) {
    int first = AttentionLogits::row(0), lane = lane_index() % 8;
#pragma unroll
    for (int i = 0; i < 4; i++) {
      float most = largest[i];
#pragma unroll
      for (int j = 0; j < 8; j++) {
        float &logit = logits.at[i][j];
        bool visible = memory.is_visible(first + i, lane + 8 * j);
        logit = visible ? logit * (a.scale * LOG2_E) : -CAJAL_INFINITY;
        most = maximum(most, logit);
      }
      // The lanes of a row are neighbors.
#pragma unroll
      for (int distance = 1; distance < 8; distance *= 2) {
        most = maximum(most, __shfl_xor_sync(ALL_LANES, most, distance));
      }
      float reference = most == -CAJAL_INFINITY ? 0 : most;
      factors[i] = exp2f(largest[i] - reference);
      largest[i] = most;
      float added = 0;
#pragma unroll
      for (int j = 0; j < 8; j++) {
        float weight = exp2f(logits.at[i][j] - reference);
        added += weight;
        if (a.has_dropout) {
          weight *= memory.is_kept(first + i, lane + 8 * j) ? a.dropout.scale : 0;
        }
        logits.at[i][j] = weight;
      }
      sum[i] = sum[i] * factors[i] + added;
    }
  }

  /// Adds up the parts of the sum.
  __device__ void finish() {
#pragma unroll
    for (int i = 0; i < 4; i++) {
#pragma unroll
      for (int distance = 1; distance < 8; distance *= 2) {
        sum[i] += __shfl_xor_sync(ALL_LANES, sum[i], distance);
      }
    }
  }
};

/// One tile of queries of a head, and `WIDTH` columns of its values.
template <int WIDTH>
__device__ inline void attend(
    const float *queries, const float *keys, const float *values, float *result,
    float *log_sum_exp, const int *plan, const cajal_cuda_attention &a) {
  __shared__ AttentionMemory<WIDTH> memory;
  // Late query tiles attend to the most where attention is causal, so they are begun first.
  int64 tiles = divide_up(a.query_count, ATTENTION_TILE);
  AttentionHead head(a, blockIdx.x / tiles);
  int64 tile = tiles - 1 - blockIdx.x % tiles, row = tile * ATTENTION_TILE;
  int rows = (int)smaller<int64>(a.query_count - row, ATTENTION_TILE);
  int column = (int)blockIdx.y * WIDTH;
  int columns = smaller((int)a.value_width - column, WIDTH);
  int key_width = (int)a.key_width;
  int64 key_stride = a.heads * a.key_width, value_stride = a.heads * a.value_width;
  const float *query = queries + head.key_row(a, a.query_count, row);

  SoftmaxRows softmax;
#pragma unroll
  for (int i = 0; i < 4; i++) {
    int at = AttentionLogits::row(0) + i;
    float padding = 0;
    if (a.padding_key_counts >= 0 && at < rows) {
      padding = __int_as_float(plan[a.padding_key_counts + row + at]);
    }
    softmax.largest[i] = padding > 0 ? 0 : -CAJAL_INFINITY;
    softmax.sum[i] = lane_index() % 8 == 0 ? padding : 0;
  }
  ProductSums<AttentionSums<WIDTH>> sums;
  sums.clear();
  int steps = (key_width + 15) / 16;
  for (int entry = plan[tile]; entry < plan[tile + 1]; entry++) {
    int64 key_tile = plan[a.query_entries + 2 * entry], first = key_tile * ATTENTION_TILE;
    int mask = plan[a.query_entries + 2 * entry + 1];
    int count = (int)smaller<int64>(a.key_count - first, ATTENTION_TILE);
    write_pairs(memory, plan, a, head, tile, key_tile, mask);
    AttentionRows left(query, key_stride, rows, key_width);
    AttentionColumns right(
        keys + head.key_row(a, a.key_count, first), key_stride, count, key_width);
    ProductSums<AttentionLogits> logits;
    logits.clear();
    multiply<AttentionLogits>(left, right, steps, memory.left(), memory.right(), logits);
    float factors[4];
    softmax.weigh(memory, a, logits, factors);
    write_weights(memory, logits);
#pragma unroll
    for (int i = 0; i < 4; i++) {
#pragma unroll
      for (int j = 0; j < WIDTH / 8; j++) sums.at[i][j] *= factors[i];
    }
    AttentionWeighed<WIDTH> weighed(
        values + head.value_row(a, a.key_count, first) + column, value_stride, columns, count);
    multiply_resident<AttentionSums<WIDTH>>(
        memory.weight(), weighed, (count + 15) / 16, memory.right(), sums);
  }

  softmax.finish();
#pragma unroll
  for (int i = 0; i < 4; i++) {
    float sum = softmax.sum[i], factor = sum == 0 ? 0 : 1 / sum;
#pragma unroll
    for (int j = 0; j < WIDTH / 8; j++) sums.at[i][j] *= factor;
    int at = AttentionLogits::row(0) + i;
    if (blockIdx.y == 0 && lane_index() % 8 == 0 && at < rows) {
      log_sum_exp[head.number * a.query_count + row + at] =
          (softmax.largest[i] + log2f(sum)) * LN_2;
    }
  }
  ProductResult target = {
      result + head.value_row(a, a.query_count, row) + column, value_stride, rows, columns,
      nullptr, 0, 0};
  target.store(sums);
}

// Three kernels, for 32, 64 and 128 columns of values per block: take the smallest that is at least
// valueWidth, else 128. `plan` as attention.cuh says. `result` and `log_sum_exp` as in
// Backend.attention. Nothing is launched where batch, heads or queries are 0.
//
// Grid: x = ceil(queries / 64) * batch * heads, y = ceil(valueWidth / columns), z = 1.
// Block: 128. Dynamic shared bytes: 0.

extern "C" __global__ void __launch_bounds__(128, 3) cajal_attention_32(
    const float *queries, const float *keys, const float *values, float *result,
    float *log_sum_exp, const int *plan, cajal_cuda_attention attention) {
  attend<32>(queries, keys, values, result, log_sum_exp, plan, attention);
}

extern "C" __global__ void __launch_bounds__(128, 3) cajal_attention_64(
    const float *queries, const float *keys, const float *values, float *result,
    float *log_sum_exp, const int *plan, cajal_cuda_attention attention) {
  attend<64>(queries, keys, values, result, log_sum_exp, plan, attention);
}

extern "C" __global__ void __launch_bounds__(128, 2) cajal_attention_128(
    const float *queries, const float *keys, const float *values, float *result,
    float *log_sum_exp, const int *plan, cajal_cuda_attention attention) {
  attend<128>(queries, keys, values, result, log_sum_exp, plan, attention);
}
