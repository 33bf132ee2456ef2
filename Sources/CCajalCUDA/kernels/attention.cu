// Attention, forward, in float32: an online softmax over the plan's key tiles.

#include "attention_softmax.cuh"

/// The logits of a thread: 4 rows, and 8 columns of each.
struct AttentionPlace {
  static constexpr int ROWS = 4, COLUMNS = 8, LANES = 8;
  static __device__ int row(int i) { return AttentionLogits::row(0) + i; }
  static __device__ int column(int j) { return lane_index() % 8 + 8 * j; }
  static __device__ float &at(ProductSums<AttentionLogits> &logits, int i, int j) {
    return logits.at[i][j];
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

  SoftmaxRows<AttentionPlace> softmax;
  softmax.begin(plan, a, row, rows);
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
    sums.scale_rows(factors);
    AttentionWeighed<WIDTH> weighed(
        values + head.value_row(a, a.key_count, first) + column, value_stride, columns, count);
    multiply_resident<AttentionSums<WIDTH>>(
        memory.weight_lines(), weighed, (count + 15) / 16, memory.right(), sums);
  }

  float factors[4];
  softmax.finish(factors);
  sums.scale_rows(factors);
  if (blockIdx.y == 0) softmax.write(log_sum_exp + head.number * a.query_count + row, rows);
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
