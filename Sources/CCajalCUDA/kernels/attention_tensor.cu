// Attention, forward, on tensor cores: an online softmax in float32 over the plan's key tiles. A
// tile of keys and values is on its way from memory while the one before is multiplied.

#include "attention_tensor.cuh"

/// The queries of a warp as left operands, scaled such that weights are powers of two, and the
/// softmax of its rows: the largest logit so far, and this thread's part of the sum of the weights
/// relative to it.
template <typename Attention>
struct TensorSoftmax {
  using Number = typename Attention::Number;
  static constexpr int ROWS = Attention::THREAD_ROWS;
  static constexpr int STEPS = Attention::WIDTH / Number::STEP;
  uint32 queries[STEPS][Attention::ROW_TILES][4];
  float largest[ROWS], sum[ROWS];

  /// Begins with the queries from `row` on, of which `rows` exist, and their padding keys.
  __device__ TensorSoftmax(
      const float *first, int64 stride, const int *plan, const cajal_cuda_attention &a, int64 row,
      int rows) {
    float factor = a.scale * LOG2_E;
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
      int at = Attention::row(i);
      // Rows that do not exist, of which nothing is written, have the last one's numbers.
      const float *line = first + smaller(at, rows - 1) * stride;
#pragma unroll
      for (int step = 0; step < STEPS; step++) {
#pragma unroll
        for (int k = 0; k < 2; k++) {
          int word = 8 * step + lane_index() % 4 + 4 * k;
          queries[step][i / 2][i % 2 + 2 * k] =
              scaled_word<Number>(line, word, (int)a.key_width, factor);
        }
      }
      float padding = 0;
      if (a.padding_key_counts >= 0 && at < rows) {
        padding = __int_as_float(plan[a.padding_key_counts + row + at]);
      }
      largest[i] = padding > 0 ? 0 : -CAJAL_INFINITY;
      sum[i] = lane_index() % 4 == 0 ? padding : 0;
    }
  }

  /// Turns logits into weights and returns what older weights are to be multiplied with.
  template <typename Logits>
  __device__ void weigh(Logits &logits, float (&factors)[ROWS]) {
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
      float most = largest[i];
#pragma unroll
      for (int j = 0; j < ATTENTION_TILE / 4; j++) {
        // A logit that is NaN makes its weight NaN, and so the row.
        most = fmaxf(most, Attention::at(logits, i, j));
      }
#pragma unroll
      for (int distance = 1; distance < 4; distance *= 2) {
        most = fmaxf(most, __shfl_xor_sync(ALL_LANES, most, distance));
      }
      float reference = most == -CAJAL_INFINITY ? 0 : most;
      factors[i] = exp2_or_zero(largest[i] - reference);
      largest[i] = most;
      float added = 0;
#pragma unroll
      for (int j = 0; j < ATTENTION_TILE / 4; j++) {
        float &logit = Attention::at(logits, i, j);
        logit = exp2_or_zero(logit - reference);
        added += logit;
      }
      sum[i] = sum[i] * factors[i] + added;
    }
  }

  /// Adds up the parts of the sums, and returns what the rows of results are to be multiplied with.
  __device__ void finish(float (&factors)[ROWS]) {
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
#pragma unroll
      for (int distance = 1; distance < 4; distance *= 2) {
        sum[i] += __shfl_xor_sync(ALL_LANES, sum[i], distance);
      }
      factors[i] = sum[i] == 0 ? 0 : 1 / sum[i];
    }
  }

  /// Writes the log-sum-exps of the rows, of which `rows` exist.
  __device__ void write(float *log_sum_exp, int rows) const {
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
      int at = Attention::row(i);
      if (lane_index() % 4 != 0 || at >= rows) continue;
      log_sum_exp[at] = (largest[i] + log2f(sum[i])) * LN_2;
    }
  }
};

/// The queries of a block, of a head.
template <typename Number, int WIDTH>
__device__ inline void attend(
    const float *queries, const unsigned char *key_lines, const unsigned char *value_lines,
    float *result, float *log_sum_exp, const int *plan, const cajal_cuda_attention &a) {
  using Attention = TensorAttention<Number, WIDTH, false>;
  using Entry = typename Attention::Entry;
  DYNAMIC_SHARED(unsigned char, shared);
  Attention memory = {shared};
  // Late queries attend to the most where attention is causal: those of all heads begin first.
  int64 blocks = divide_up(a.query_count, Attention::ROWS), heads = a.batch * a.heads;
  AttentionHead head(a, blockIdx.x % heads);
  int64 tile = (blocks - 1 - blockIdx.x / heads) * Attention::ROW_TILES;
  int64 row = tile * ATTENTION_TILE;
  int rows = (int)smaller<int64>(a.query_count - row, Attention::ROWS);
  int64 first_byte =
      head.number * cajal_cuda_attention_padded_rows(a.key_count) * Attention::LINE;

  typename Attention::Walk walk(
      plan, plan + a.query_entries, tile, divide_up(a.query_count, ATTENTION_TILE));
  auto copy = [&](const Entry &entry, int stage) {
    int64 start = first_byte + (int64)entry.tile * (ATTENTION_TILE * Attention::LINE);
    Attention::template begin_lines<ATTENTION_TILE>(memory.keys(stage), key_lines + start);
    Attention::template begin_lines<ATTENTION_TILE>(memory.values(stage), value_lines + start);
    memory.begin_masks(stage, entry, plan, a);
    if (a.has_dropout) memory.template write_kept<true>(stage, entry, tile, a, head);
  };
  TensorSoftmax<Attention> softmax(
      queries + head.key_row(a, a.query_count, row), a.heads * a.key_width, plan, a, row, rows);
  typename Attention::Lines sums;
  sums.clear();
  auto work = [&](const Entry &entry, int stage) {
    int mask = entry.own_mask;
    if (mask == Attention::Walk::ABSENT) return;
    typename Attention::template Logits<ATTENTION_TILE> logits;
    auto load_queries = [&](uint32 (&left)[Attention::ROW_TILES][4], int step) {
#pragma unroll
      for (int i = 0; i < Attention::ROW_TILES; i++) {
#pragma unroll
        for (int k = 0; k < 4; k++) left[i][k] = softmax.queries[step][i][k];
      }
    };
    Attention::template multiply<ATTENTION_TILE>(load_queries, memory.keys(stage), logits);
    if (mask >= 0) Attention::template hide<true, ATTENTION_TILE>(logits, memory.masks(stage), 0);
    int64 count = a.key_count - (int64)entry.tile * ATTENTION_TILE;
    if (count < ATTENTION_TILE) {
      Attention::template hide_from<ATTENTION_TILE>(logits, (int)count);
    }
    float factors[Attention::THREAD_ROWS];
    softmax.weigh(logits, factors);
    sums.scale_rows(factors);
    if (a.has_dropout) {
#pragma unroll
      for (int i = 0; i < Attention::THREAD_ROWS; i++) {
#pragma unroll
        for (int j = 0; j < ATTENTION_TILE / 4; j++) {
          int query = Attention::row(i) % ATTENTION_TILE, key = Attention::column(j);
          bool is_kept = Attention::bit(memory.kept(stage), query, key);
          Attention::at(logits, i, j) *= is_kept ? a.dropout.scale : 0;
        }
      }
    }
    auto as_it_is = [](int, int) { return 1.0f; };
    Attention::template add_weighed<ATTENTION_TILE>(
        logits, memory.values(stage), sums, as_it_is);
  };
  for_each_tile<Attention::STAGES>(walk, copy, work);

  float factors[Attention::THREAD_ROWS];
  softmax.finish(factors);
  sums.scale_rows(factors);
  softmax.write(log_sum_exp + head.number * a.query_count + row, rows);
  ProductResult target = {
      result + head.value_row(a, a.query_count, row), a.heads * a.value_width, rows,
      (int)a.value_width, nullptr, 0, 0};
  target.store(sums);
}

// For heads of up to 32 and 64 numbers of keys and of values: take the smaller one that suffices,
// and for wider heads the kernels in float32. `plan`, `result` and `log_sum_exp` as there; the
// lines are those of cajal_attention_keys_64_tf32. Nothing is launched where batch, heads or
// queries are 0.
//
// Grid: x = ceil(queries / (64 * cajal_cuda_attention_row_tiles)) * batch * heads, y = z = 1.
// Block: 128. Dynamic shared bytes: cajal_cuda_attention_shared_bytes(0, width, 4 or 2).

extern "C" __global__ void __launch_bounds__(128, 2) cajal_attention_32_tf32(
    const float *queries, const unsigned char *key_lines, const unsigned char *value_lines,
    float *result, float *log_sum_exp, const int *plan, cajal_cuda_attention attention) {
  attend<TF32, 32>(
      queries, key_lines, value_lines, result, log_sum_exp, plan, attention);
}

extern "C" __global__ void __launch_bounds__(128, 2) cajal_attention_32_bfloat16(
    const float *queries, const unsigned char *key_lines, const unsigned char *value_lines,
    float *result, float *log_sum_exp, const int *plan, cajal_cuda_attention attention) {
  attend<BFloat16, 32>(
      queries, key_lines, value_lines, result, log_sum_exp, plan, attention);
}

extern "C" __global__ void __launch_bounds__(128, 2) cajal_attention_64_tf32(
    const float *queries, const unsigned char *key_lines, const unsigned char *value_lines,
    float *result, float *log_sum_exp, const int *plan, cajal_cuda_attention attention) {
  attend<TF32, 64>(
      queries, key_lines, value_lines, result, log_sum_exp, plan, attention);
}

extern "C" __global__ void __launch_bounds__(128, 2) cajal_attention_64_bfloat16(
    const float *queries, const unsigned char *key_lines, const unsigned char *value_lines,
    float *result, float *log_sum_exp, const int *plan, cajal_cuda_attention attention) {
  attend<BFloat16, 64>(
      queries, key_lines, value_lines, result, log_sum_exp, plan, attention);
}
