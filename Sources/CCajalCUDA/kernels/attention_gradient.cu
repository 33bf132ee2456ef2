// The gradients of attention. With p the weights, k what dropout multiplies them with and g the
// gradient of a result row:
//
//   values    Σ over queries   p k g
//   keys      Σ over queries   scale p (k g·value - g·result) query
//   queries   Σ over keys      scale p (k g·value - g·result) key
//
// A block has the gradient's rows of one tile and sums over the tiles they meet: no block adds to
// what another one writes, and the order is the plan's.

#include "attention.cuh"

/// `result · gradient` of each query and head: `[batch, heads, queries]`.
/// Grid: x = ceil(batch * queries * heads / 8), or fewer. Block: 256. Dynamic shared bytes: 0.
extern "C" __global__ void cajal_attention_projections(
    const float *result, const float *result_gradient, float *projections,
    cajal_cuda_attention attention) {
  const cajal_cuda_attention &a = attention;
  int64 count = a.batch * a.query_count * a.heads;
  for (int64 i = grid_index() / WARP; i < count; i += grid_threads() / WARP) {
    float sum = 0;
    for (int64 j = lane_index(); j < a.value_width; j += WARP) {
      sum += result[i * a.value_width + j] * result_gradient[i * a.value_width + j];
    }
    sum = warp_sum(sum);
    int64 position = i / a.heads, head = i - position * a.heads;
    int64 image = position / a.query_count, query = position - image * a.query_count;
    if (lane_index() == 0) projections[(image * a.heads + head) * a.query_count + query] = sum;
  }
}

/// Turns logits, and the products of gradients and values, into what the other operand's rows are
/// multiplied with.
template <int WIDTH>
__device__ inline void weigh_gradient(
    const AttentionMemory<WIDTH> &memory, const cajal_cuda_attention &a, int operand,
    ProductSums<AttentionLogits> &logits, const ProductSums<AttentionLogits> &along) {
  int row = AttentionLogits::row(0), lane = lane_index() % 8;
#pragma unroll
  for (int i = 0; i < 4; i++) {
#pragma unroll
    for (int j = 0; j < 8; j++) {
      int other = lane + 8 * j;
      int query = operand == cajal_cuda_attention_queries ? row + i : other;
      int key = operand == cajal_cuda_attention_queries ? other : row + i;
      float weight = memory.weight(a, query, logits.at[i][j]);
      float kept = memory.kept_factor(a, query, key);
      if (operand == cajal_cuda_attention_values) {
        weight *= kept;
      } else {
        weight = memory.product_gradient(a, query, weight, kept, along.at[i][j]);
      }
      logits.at[i][j] = memory.is_visible(query, key) ? weight : 0;
    }
  }
}

/// One tile of rows of an operand's gradient for one head, and `WIDTH` of its columns.
template <int WIDTH>
__device__ inline void find_gradient(
    int operand, const AttentionOperands &operands, float *gradient, const int *plan,
    const cajal_cuda_attention &a) {
  __shared__ AttentionMemory<WIDTH> memory;
  bool of_queries = operand == cajal_cuda_attention_queries;
  bool of_values = operand == cajal_cuda_attention_values;
  int64 row_count = of_queries ? a.query_count : a.key_count;
  int64 other_count = of_queries ? a.key_count : a.query_count;
  int64 tiles = divide_up(row_count, ATTENTION_TILE);
  AttentionHead head(a, blockIdx.x / tiles);
  // Late queries and early keys are in the most pairs where attention is causal: they begin first.
  int64 tile = blockIdx.x % tiles;
  if (of_queries) tile = tiles - 1 - tile;
  int64 row = tile * ATTENTION_TILE;
  int rows = (int)smaller<int64>(row_count - row, ATTENTION_TILE);
  int64 width = of_values ? a.value_width : a.key_width;
  int column = (int)blockIdx.y * WIDTH, columns = smaller((int)width - column, WIDTH);
  int64 key_stride = a.heads * a.key_width, value_stride = a.heads * a.value_width;
  int key_width = (int)a.key_width, value_width = (int)a.value_width;

  const int *starts = plan + (of_queries ? 0 : a.key_starts);
  const int *entries = plan + (of_queries ? a.query_entries : a.key_entries);
  ProductSums<AttentionSums<WIDTH>> sums;
  sums.clear();
  for (int entry = starts[tile]; entry < starts[tile + 1]; entry++) {
    int64 other_tile = entries[2 * entry], other = other_tile * ATTENTION_TILE;
    int count = (int)smaller<int64>(other_count - other, ATTENTION_TILE);
    int64 query_tile = of_queries ? tile : other_tile, key_tile = of_queries ? other_tile : tile;
    write_pairs(memory, plan, a, head, query_tile, key_tile, entries[2 * entry + 1]);
    write_statistics(memory, operands, a, head, query_tile * ATTENTION_TILE);
    const float *own_keys = of_queries ? operands.queries : operands.keys;
    const float *other_keys = of_queries ? operands.keys : operands.queries;
    own_keys += head.key_row(a, row_count, row);
    other_keys += head.key_row(a, other_count, other);
    const float *own_values = of_queries ? operands.result_gradient : operands.values;
    const float *other_values = of_queries ? operands.values : operands.result_gradient;
    own_values += head.value_row(a, row_count, row);
    other_values += head.value_row(a, other_count, other);

    ProductSums<AttentionLogits> logits, along;
    logits.clear();
    along.clear();
    {
      AttentionRows left(own_keys, key_stride, rows, key_width);
      AttentionColumns right(other_keys, key_stride, count, key_width);
      multiply<AttentionLogits>(
          left, right, (key_width + 15) / 16, memory.left(), memory.right(), logits);
    }
    if (!of_values) {
      AttentionRows left(own_values, value_stride, rows, value_width);
      AttentionColumns right(other_values, value_stride, count, value_width);
      multiply<AttentionLogits>(
          left, right, (value_width + 15) / 16, memory.left(), memory.right(), along);
    }
    weigh_gradient(memory, a, operand, logits, along);
    write_weights(memory, logits);
    AttentionWeighed<WIDTH> weighed(
        (of_values ? other_values : other_keys) + column, of_values ? value_stride : key_stride,
        columns, count);
    multiply_resident<AttentionSums<WIDTH>>(
        memory.weight_lines(), weighed, (count + 15) / 16, memory.right(), sums);
  }
  int64 first = of_values ? head.value_row(a, row_count, row) : head.key_row(a, row_count, row);
  ProductResult target = {
      gradient + first + column, of_values ? value_stride : key_stride, rows, columns, nullptr, 0,
      0};
  target.store(sums);
}

// Three kernels, for 32, 64 and 128 columns of the gradient per block: take the smallest that is at
// least the width of the operand, else 128. Each is launched once per operand, in any order, after
// cajal_attention_projections; `operand` is one of cajal_cuda_attention_operand and `gradient` its
// gradient, overwritten. Nothing is launched where batch, heads or the gradient's rows are 0.
//
// Grid: x = ceil(rows / 64) * batch * heads, where rows are the queries, or the keys for keys and
// values; y = ceil(width / columns), where width is keyWidth, or valueWidth for values; z = 1.
// Block: 128. Dynamic shared bytes: 0.

extern "C" __global__ void __launch_bounds__(128, 2) cajal_attention_gradient_32(
    int operand, const float *queries, const float *keys, const float *values,
    const float *result_gradient, const float *log_sum_exp, const float *projections,
    float *gradient, const int *plan, cajal_cuda_attention attention) {
  AttentionOperands operands = {
      queries, keys, values, result_gradient, log_sum_exp, projections};
  find_gradient<32>(operand, operands, gradient, plan, attention);
}

extern "C" __global__ void __launch_bounds__(128, 2) cajal_attention_gradient_64(
    int operand, const float *queries, const float *keys, const float *values,
    const float *result_gradient, const float *log_sum_exp, const float *projections,
    float *gradient, const int *plan, cajal_cuda_attention attention) {
  AttentionOperands operands = {
      queries, keys, values, result_gradient, log_sum_exp, projections};
  find_gradient<64>(operand, operands, gradient, plan, attention);
}

extern "C" __global__ void __launch_bounds__(128, 2) cajal_attention_gradient_128(
    int operand, const float *queries, const float *keys, const float *values,
    const float *result_gradient, const float *log_sum_exp, const float *projections,
    float *gradient, const int *plan, cajal_cuda_attention attention) {
  AttentionOperands operands = {
      queries, keys, values, result_gradient, log_sum_exp, projections};
  find_gradient<128>(operand, operands, gradient, plan, attention);
}
