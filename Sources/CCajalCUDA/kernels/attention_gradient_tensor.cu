// The gradients of attention on tensor cores; see attention_gradient.cu. A block has the gradient's
// rows of its tiles, for keys also those for values, since both need the same weights.

#include "attention_tensor.cuh"

/// The operands in fewer bits, and the statistics, of cajal_attention_keys_64_tf32 and
/// cajal_attention_queries_64_tf32.
struct AttentionLines {
  const unsigned char *queries, *keys, *values, *gradients;
  const float *statistics;
};

/// A block's rows of the gradient of queries, or of keys and values, for one head.
template <typename Number, int WIDTH, bool OF_QUERIES>
__device__ inline void find_gradients(
    const AttentionLines &lines, float *key_gradient, float *value_gradient, const int *plan,
    const cajal_cuda_attention &a) {
  using Attention = TensorAttention<Number, WIDTH, true>;
  using Entry = typename Attention::Entry;
  // The other tile's rows that are worked on at a time. Gradients of keys and values together
  // leave registers for half a tile.
  constexpr int columns = OF_QUERIES ? ATTENTION_TILE : ATTENTION_TILE / 2;
  constexpr int statistics_count = 2 * ATTENTION_TILE;
  DYNAMIC_SHARED(unsigned char, shared);
  Attention memory = {shared};
  int64 row_count = OF_QUERIES ? a.query_count : a.key_count;
  int64 other_count = OF_QUERIES ? a.key_count : a.query_count;
  int64 blocks = divide_up(row_count, Attention::ROWS), heads = a.batch * a.heads;
  AttentionHead head(a, blockIdx.x % heads);
  // Late queries and early keys are in the most pairs where attention is causal: those of all heads
  // begin first.
  int64 block = blockIdx.x / heads;
  int64 tile = (OF_QUERIES ? blocks - 1 - block : block) * Attention::ROW_TILES;
  int64 row = tile * ATTENTION_TILE;
  int rows = (int)smaller<int64>(row_count - row, Attention::ROWS);
  int64 own_line = head.number * cajal_cuda_attention_padded_rows(row_count) + row;
  int64 other_line = head.number * cajal_cuda_attention_padded_rows(other_count);
  const unsigned char *other_keys = OF_QUERIES ? lines.keys : lines.queries;
  const unsigned char *other_values = OF_QUERIES ? lines.values : lines.gradients;
  int64 other_start = other_line * Attention::LINE;
  // Those of the queries, which are the block's own or the others.
  const float *statistics = lines.statistics + 2 * (OF_QUERIES ? own_line : other_line);
  Attention::template begin_lines<Attention::ROWS>(
      memory.own_keys(),
      (OF_QUERIES ? lines.queries : lines.keys) + own_line * Attention::LINE);
  Attention::template begin_lines<Attention::ROWS>(
      memory.own_values(),
      (OF_QUERIES ? lines.gradients : lines.values) + own_line * Attention::LINE);
  float own_log[Attention::THREAD_ROWS], own_projection[Attention::THREAD_ROWS];
#pragma unroll
  for (int i = 0; i < Attention::THREAD_ROWS; i++) {
    int at = Attention::row(i);
    const float *of_tile = statistics + at / ATTENTION_TILE * statistics_count;
    own_log[i] = OF_QUERIES ? of_tile[at % ATTENTION_TILE] : 0;
    own_projection[i] = OF_QUERIES ? of_tile[ATTENTION_TILE + at % ATTENTION_TILE] : 0;
  }

  typename Attention::Walk walk(
      plan + (OF_QUERIES ? 0 : a.key_starts),
      plan + (OF_QUERIES ? a.query_entries : a.key_entries), tile,
      divide_up(row_count, ATTENTION_TILE));
  auto copy = [&](const Entry &entry, int stage) {
    int64 start = other_start + (int64)entry.tile * (ATTENTION_TILE * Attention::LINE);
    Attention::template begin_lines<ATTENTION_TILE>(memory.keys(stage), other_keys + start);
    Attention::template begin_lines<ATTENTION_TILE>(memory.values(stage), other_values + start);
    memory.begin_masks(stage, entry, plan, a);
    if (a.has_dropout) memory.template write_kept<OF_QUERIES>(stage, entry, tile, a, head);
    if (!OF_QUERIES && threadIdx.x < statistics_count / 4) {
      begin_copy16(
          memory.statistics(stage) + 4 * threadIdx.x,
          statistics + (int64)entry.tile * statistics_count + 4 * threadIdx.x);
    }
  };
  typename Attention::Lines key_sums, value_sums;
  key_sums.clear();
  value_sums.clear();
  auto work = [&](const Entry &entry, int stage) {
    int mask = entry.own_mask;
    if (mask == Attention::Walk::ABSENT) return;
    const float *others = memory.statistics(stage);
#pragma unroll
    for (int first = 0; first < ATTENTION_TILE; first += columns) {
      const unsigned char *keys = memory.keys(stage) + first * Attention::Layout::PITCH;
      const unsigned char *values = memory.values(stage) + first * Attention::Layout::PITCH;
      auto kept_factor = [&](int i, int j) {
        if (!a.has_dropout) return 1.0f;
        int own = Attention::row(i) % ATTENTION_TILE, other = first + Attention::column(j);
        bool is_kept = Attention::bit(
            memory.kept(stage), OF_QUERIES ? own : other, OF_QUERIES ? other : own);
        return is_kept ? a.dropout.scale : 0;
      };
      typename Attention::template Logits<columns> weights, along;
      Attention::template multiply_own<columns>(memory.own_keys(), keys, weights);
      if (mask >= 0) {
        Attention::template hide<OF_QUERIES, columns>(weights, memory.masks(stage), first);
      }
      int64 count = a.key_count - (int64)entry.tile * ATTENTION_TILE;
      if (OF_QUERIES && count < ATTENTION_TILE) {
        Attention::template hide_from<columns>(weights, (int)count - first);
      }
#pragma unroll
      for (int i = 0; i < Attention::THREAD_ROWS; i++) {
#pragma unroll
        for (int j = 0; j < columns / 4; j++) {
          float &x = Attention::at(weights, i, j);
          float log = OF_QUERIES ? own_log[i] : others[first + Attention::column(j)];
          x = exp2_or_zero(x - log);
        }
      }
      if (!OF_QUERIES) {
        Attention::template add_weighed<columns>(weights, values, value_sums, kept_factor);
      }
      Attention::template multiply_own<columns>(memory.own_values(), values, along);
#pragma unroll
      for (int i = 0; i < Attention::THREAD_ROWS; i++) {
#pragma unroll
        for (int j = 0; j < columns / 4; j++) {
          float projection = OF_QUERIES ? own_projection[i]
                                        : others[ATTENTION_TILE + first + Attention::column(j)];
          float product = kept_factor(i, j) * Attention::at(along, i, j);
          Attention::at(weights, i, j) *= product - projection;
        }
      }
      auto as_it_is = [](int, int) { return 1.0f; };
      Attention::template add_weighed<columns>(weights, keys, key_sums, as_it_is);
    }
  };
  for_each_tile<Attention::STAGES>(walk, copy, work);

  // The lines of queries are scaled already, and by 1 / ln 2 more.
  key_sums.scale(OF_QUERIES ? a.scale : LN_2);
  ProductResult keys = {
      key_gradient + head.key_row(a, row_count, row), a.heads * a.key_width, rows,
      (int)a.key_width, nullptr, 0, 0};
  keys.store(key_sums);
  if (OF_QUERIES) return;
  ProductResult values = {
      value_gradient + head.value_row(a, row_count, row), a.heads * a.value_width, rows,
      (int)a.value_width, nullptr, 0, 0};
  values.store(value_sums);
}

// Launched in any order after cajal_attention_keys_64_tf32 and cajal_attention_queries_64_tf32, or
// those of the same width and numbers, which cajal_attention_64_tf32 has too. They overwrite their
// gradients. Nothing is launched where batch, heads or the gradient's rows are 0.
//
// Grid: x = ceil(rows / (64 * cajal_cuda_attention_row_tiles)) * batch * heads, where rows are the
// queries, or the keys; y = z = 1. Block: 128.
// Dynamic shared bytes: cajal_cuda_attention_shared_bytes(1, width, 4 or 2).

extern "C" __global__ void __launch_bounds__(128, 2) cajal_attention_query_gradient_32_tf32(
    const unsigned char *queries, const unsigned char *keys, const unsigned char *values,
    const unsigned char *gradients, const float *statistics, float *query_gradient,
    const int *plan, cajal_cuda_attention attention) {
  AttentionLines lines = {queries, keys, values, gradients, statistics};
  find_gradients<TF32, 32, true>(lines, query_gradient, nullptr, plan, attention);
}

extern "C" __global__ void __launch_bounds__(128, 2) cajal_attention_key_gradients_32_tf32(
    const unsigned char *queries, const unsigned char *keys, const unsigned char *values,
    const unsigned char *gradients, const float *statistics, float *key_gradient,
    float *value_gradient, const int *plan, cajal_cuda_attention attention) {
  AttentionLines lines = {queries, keys, values, gradients, statistics};
  find_gradients<TF32, 32, false>(
      lines, key_gradient, value_gradient, plan, attention);
}

extern "C" __global__ void __launch_bounds__(128, 2) cajal_attention_query_gradient_32_bfloat16(
    const unsigned char *queries, const unsigned char *keys, const unsigned char *values,
    const unsigned char *gradients, const float *statistics, float *query_gradient,
    const int *plan, cajal_cuda_attention attention) {
  AttentionLines lines = {queries, keys, values, gradients, statistics};
  find_gradients<BFloat16, 32, true>(lines, query_gradient, nullptr, plan, attention);
}

extern "C" __global__ void __launch_bounds__(128, 2) cajal_attention_key_gradients_32_bfloat16(
    const unsigned char *queries, const unsigned char *keys, const unsigned char *values,
    const unsigned char *gradients, const float *statistics, float *key_gradient,
    float *value_gradient, const int *plan, cajal_cuda_attention attention) {
  AttentionLines lines = {queries, keys, values, gradients, statistics};
  find_gradients<BFloat16, 32, false>(
      lines, key_gradient, value_gradient, plan, attention);
}

extern "C" __global__ void __launch_bounds__(128, 2) cajal_attention_query_gradient_64_tf32(
    const unsigned char *queries, const unsigned char *keys, const unsigned char *values,
    const unsigned char *gradients, const float *statistics, float *query_gradient,
    const int *plan, cajal_cuda_attention attention) {
  AttentionLines lines = {queries, keys, values, gradients, statistics};
  find_gradients<TF32, 64, true>(lines, query_gradient, nullptr, plan, attention);
}

extern "C" __global__ void __launch_bounds__(128, 2) cajal_attention_key_gradients_64_tf32(
    const unsigned char *queries, const unsigned char *keys, const unsigned char *values,
    const unsigned char *gradients, const float *statistics, float *key_gradient,
    float *value_gradient, const int *plan, cajal_cuda_attention attention) {
  AttentionLines lines = {queries, keys, values, gradients, statistics};
  find_gradients<TF32, 64, false>(
      lines, key_gradient, value_gradient, plan, attention);
}

extern "C" __global__ void __launch_bounds__(128, 2) cajal_attention_query_gradient_64_bfloat16(
    const unsigned char *queries, const unsigned char *keys, const unsigned char *values,
    const unsigned char *gradients, const float *statistics, float *query_gradient,
    const int *plan, cajal_cuda_attention attention) {
  AttentionLines lines = {queries, keys, values, gradients, statistics};
  find_gradients<BFloat16, 64, true>(lines, query_gradient, nullptr, plan, attention);
}

extern "C" __global__ void __launch_bounds__(128, 2) cajal_attention_key_gradients_64_bfloat16(
    const unsigned char *queries, const unsigned char *keys, const unsigned char *values,
    const unsigned char *gradients, const float *statistics, float *key_gradient,
    float *value_gradient, const int *plan, cajal_cuda_attention attention) {
  AttentionLines lines = {queries, keys, values, gradients, statistics};
  find_gradients<BFloat16, 64, false>(
      lines, key_gradient, value_gradient, plan, attention);
}
