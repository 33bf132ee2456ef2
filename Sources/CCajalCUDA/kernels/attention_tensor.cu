// Attention, forward, on tensor cores: an online softmax in float32 over the plan's key tiles. A
// tile of keys or values is on its way from memory while the one before is multiplied.

#include "attention_softmax.cuh"
#include "attention_tensor.cuh"

/// One tile of queries of a head.
template <typename Number, int WIDTH>
__device__ inline void attend(
    const float *queries, const float *keys, const float *values, float *result,
    float *log_sum_exp, const int *plan, const cajal_cuda_attention &a) {
  using Tile = TensorAttentionTile<Number, WIDTH>;
  __shared__ AttentionPairs pairs;
  DYNAMIC_SHARED(unsigned char, query_tile);
  unsigned char *key_tile = query_tile + Tile::BYTES, *value_tile = key_tile + Tile::BYTES;
  // Late query tiles attend to the most where attention is causal, so they are begun first.
  int64 tiles = divide_up(a.query_count, ATTENTION_TILE);
  AttentionHead head(a, blockIdx.x / tiles);
  int64 tile = tiles - 1 - blockIdx.x % tiles, row = tile * ATTENTION_TILE;
  int rows = (int)smaller<int64>(a.query_count - row, ATTENTION_TILE);
  int key_width = (int)a.key_width, value_width = (int)a.value_width;
  int64 key_stride = a.heads * a.key_width, value_stride = a.heads * a.value_width;
  Tile::copy(
      query_tile, queries + head.key_row(a, a.query_count, row), key_stride, rows, key_width);

  SoftmaxRows<TensorPlace> softmax;
  softmax.begin(plan, a, row, rows);
  TensorColumns<Number, WIDTH> sums;
  sums.clear();
  int entry = plan[tile], end = plan[tile + 1];
  const int *entries = plan + a.query_entries;
  auto keys_of = [&](int entry) {
    int64 first = (int64)entries[2 * entry] * ATTENTION_TILE;
    int count = (int)smaller<int64>(a.key_count - first, ATTENTION_TILE);
    return typename Tile::Operand(
        keys + head.key_row(a, a.key_count, first), key_stride, count, key_width);
  };
  auto next_keys = keys_of(entry < end ? entry : 0);
  if (entry < end) next_keys.next();
  for (; entry < end; entry++) {
    int64 number = entries[2 * entry], first = number * ATTENTION_TILE;
    int count = (int)smaller<int64>(a.key_count - first, ATTENTION_TILE);
    next_keys.store(key_tile);
    write_pairs(pairs, plan, a, head, tile, number, entries[2 * entry + 1]);
    __syncthreads();
    typename Tile::Operand next_values(
        values + head.value_row(a, a.key_count, first), value_stride, count, value_width);
    next_values.next();
    TensorLogits<Number> logits;
    Tile::multiply(query_tile, key_tile, logits);
    float factors[2];
    softmax.weigh(pairs, a, logits, factors);
    next_values.store(value_tile);
    __syncthreads();
    if (entry + 1 < end) {
      next_keys = keys_of(entry + 1);
      next_keys.next();
    }
    sums.scale_rows(factors);
    Tile::add_weighed(logits, value_tile, sums, [](float (&)[4], int) {});
  }

  float factors[2];
  softmax.finish(factors);
  sums.scale_rows(factors);
  softmax.write(log_sum_exp + head.number * a.query_count + row, rows);
  ProductResult target = {
      result + head.value_row(a, a.query_count, row), value_stride, rows, value_width, nullptr, 0,
      0};
  target.store(sums);
}

// For heads of up to 32 and 64 numbers of keys and of values: take the smaller one that suffices,
// and for wider heads the kernels in float32. `plan`, `result` and `log_sum_exp` as there. Nothing
// is launched where batch, heads or queries are 0.
//
// Grid: x = ceil(queries / 64) * batch * heads, y = z = 1. Block: 128.
// Dynamic shared bytes: cajal_cuda_attention_shared_bytes(3, width, 4 or 2).

extern "C" __global__ void __launch_bounds__(128, 3) cajal_attention_32_tf32(
    const float *queries, const float *keys, const float *values, float *result,
    float *log_sum_exp, const int *plan, cajal_cuda_attention attention) {
  attend<TF32, 32>(queries, keys, values, result, log_sum_exp, plan, attention);
}

extern "C" __global__ void __launch_bounds__(128, 3) cajal_attention_32_bfloat16(
    const float *queries, const float *keys, const float *values, float *result,
    float *log_sum_exp, const int *plan, cajal_cuda_attention attention) {
  attend<BFloat16, 32>(queries, keys, values, result, log_sum_exp, plan, attention);
}

extern "C" __global__ void __launch_bounds__(128, 2) cajal_attention_64_tf32(
    const float *queries, const float *keys, const float *values, float *result,
    float *log_sum_exp, const int *plan, cajal_cuda_attention attention) {
  attend<TF32, 64>(queries, keys, values, result, log_sum_exp, plan, attention);
}

extern "C" __global__ void __launch_bounds__(128, 2) cajal_attention_64_bfloat16(
    const float *queries, const float *keys, const float *values, float *result,
    float *log_sum_exp, const int *plan, cajal_cuda_attention attention) {
  attend<BFloat16, 64>(queries, keys, values, result, log_sum_exp, plan, attention);
}
