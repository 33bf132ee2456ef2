// The gradients of attention on tensor cores; see attention_gradient.cu. A block has the gradient's
// rows of one tile, for keys also those for values, since both need the same weights.

#include "attention_tensor.cuh"

/// One tile of rows of the gradient of queries, or of keys and values, for one head.
template <typename Number, int WIDTH, bool OF_QUERIES>
__device__ inline void find_gradients(
    const AttentionOperands &operands, float *key_gradient, float *value_gradient,
    const int *plan, const cajal_cuda_attention &a) {
  using Tile = TensorAttentionTile<Number, WIDTH>;
  __shared__ AttentionPairs pairs;
  // Queries or keys, and gradients or values, of the gradient's own rows and of the others.
  DYNAMIC_SHARED(unsigned char, own_keys);
  unsigned char *own_values = own_keys + Tile::BYTES, *other_keys = own_values + Tile::BYTES;
  unsigned char *other_values = other_keys + Tile::BYTES;
  int64 row_count = OF_QUERIES ? a.query_count : a.key_count;
  int64 other_count = OF_QUERIES ? a.key_count : a.query_count;
  int64 tiles = divide_up(row_count, ATTENTION_TILE);
  AttentionHead head(a, blockIdx.x / tiles);
  // Late queries and early keys are in the most pairs where attention is causal: they begin first.
  int64 tile = blockIdx.x % tiles;
  if (OF_QUERIES) tile = tiles - 1 - tile;
  int64 row = tile * ATTENTION_TILE;
  int rows = (int)smaller<int64>(row_count - row, ATTENTION_TILE);
  int key_width = (int)a.key_width, value_width = (int)a.value_width;
  int64 key_stride = a.heads * a.key_width, value_stride = a.heads * a.value_width;
  const float *all_keys = OF_QUERIES ? operands.keys : operands.queries;
  const float *all_values = OF_QUERIES ? operands.values : operands.result_gradient;
  int64 key_row = head.key_row(a, row_count, row), value_row = head.value_row(a, row_count, row);
  Tile::copy(
      own_keys, (OF_QUERIES ? operands.queries : operands.keys) + key_row, key_stride, rows,
      key_width);
  Tile::copy(
      own_values, (OF_QUERIES ? operands.result_gradient : operands.values) + value_row,
      value_stride, rows, value_width);

  const int *starts = plan + (OF_QUERIES ? 0 : a.key_starts);
  const int *entries = plan + (OF_QUERIES ? a.query_entries : a.key_entries);
  TensorColumns<Number, WIDTH> key_sums, value_sums;
  key_sums.clear();
  value_sums.clear();
  for (int entry = starts[tile]; entry < starts[tile + 1]; entry++) {
    int64 other_tile = entries[2 * entry], other = other_tile * ATTENTION_TILE;
    int count = (int)smaller<int64>(other_count - other, ATTENTION_TILE);
    int64 query_tile = OF_QUERIES ? tile : other_tile;
    Tile::copy(
        other_keys, all_keys + head.key_row(a, other_count, other), key_stride, count, key_width);
    Tile::copy(
        other_values, all_values + head.value_row(a, other_count, other), value_stride, count,
        value_width);
    write_pairs(
        pairs, plan, a, head, query_tile, OF_QUERIES ? other_tile : tile, entries[2 * entry + 1]);
    write_statistics(pairs, operands, a, head, query_tile * ATTENTION_TILE);
    __syncthreads();

    // Queries and keys of a thread's place.
    auto query = [](int i, int j) {
      return OF_QUERIES ? TensorPlace::row(i) : TensorPlace::column(j);
    };
    auto key = [](int i, int j) {
      return OF_QUERIES ? TensorPlace::column(j) : TensorPlace::row(i);
    };
    TensorLogits<Number> weights, along;
    Tile::multiply(own_keys, other_keys, weights);
#pragma unroll
    for (int i = 0; i < TensorPlace::ROWS; i++) {
#pragma unroll
      for (int j = 0; j < TensorPlace::COLUMNS; j++) {
        float &x = TensorPlace::at(weights, i, j);
        float weight = pairs.weight(a, query(i, j), x);
        x = pairs.is_visible(query(i, j), key(i, j)) ? weight : 0;
      }
    }
    if (!OF_QUERIES) {
      Tile::add_weighed(weights, other_values, value_sums, [&](float (&x)[4], int group) {
#pragma unroll
        for (int k = 0; k < 4; k++) {
          int i = k / 2, j = 2 * group + k % 2;
          x[k] *= pairs.kept_factor(a, query(i, j), key(i, j));
        }
      });
    }
    Tile::multiply(own_values, other_values, along);
#pragma unroll
    for (int i = 0; i < TensorPlace::ROWS; i++) {
#pragma unroll
      for (int j = 0; j < TensorPlace::COLUMNS; j++) {
        float &x = TensorPlace::at(weights, i, j);
        float gradient = pairs.product_gradient(
            a, query(i, j), x, pairs.kept_factor(a, query(i, j), key(i, j)),
            TensorPlace::at(along, i, j));
        x = pairs.is_visible(query(i, j), key(i, j)) ? gradient : 0;
      }
    }
    Tile::add_weighed(weights, other_keys, key_sums, [](float (&)[4], int) {});
    __syncthreads();
  }
  ProductResult keys = {
      key_gradient + key_row, key_stride, rows, key_width, nullptr, 0, 0};
  keys.store(key_sums);
  if (OF_QUERIES) return;
  ProductResult values = {
      value_gradient + value_row, value_stride, rows, value_width, nullptr, 0, 0};
  values.store(value_sums);
}

// Both are launched in any order after cajal_attention_projections, for heads of up to 32 and 64
// numbers as cajal_attention_64_tf32, and overwrite their gradients. Nothing is launched where
// batch, heads or the gradient's rows are 0.
//
// Grid: x = ceil(rows / 64) * batch * heads, where rows are the queries, or the keys; y = z = 1.
// Block: 128. Dynamic shared bytes: cajal_cuda_attention_shared_bytes(4, width, 4 or 2).

extern "C" __global__ void __launch_bounds__(128, 2) cajal_attention_query_gradient_32_tf32(
    const float *queries, const float *keys, const float *values, const float *result_gradient,
    const float *log_sum_exp, const float *projections, float *query_gradient, const int *plan,
    cajal_cuda_attention attention) {
  AttentionOperands operands = {
      queries, keys, values, result_gradient, log_sum_exp, projections};
  find_gradients<TF32, 32, true>(operands, query_gradient, nullptr, plan, attention);
}

extern "C" __global__ void __launch_bounds__(128, 2) cajal_attention_key_gradients_32_tf32(
    const float *queries, const float *keys, const float *values, const float *result_gradient,
    const float *log_sum_exp, const float *projections, float *key_gradient,
    float *value_gradient, const int *plan, cajal_cuda_attention attention) {
  AttentionOperands operands = {
      queries, keys, values, result_gradient, log_sum_exp, projections};
  find_gradients<TF32, 32, false>(
      operands, key_gradient, value_gradient, plan, attention);
}

extern "C" __global__ void __launch_bounds__(128, 2) cajal_attention_query_gradient_32_bfloat16(
    const float *queries, const float *keys, const float *values, const float *result_gradient,
    const float *log_sum_exp, const float *projections, float *query_gradient, const int *plan,
    cajal_cuda_attention attention) {
  AttentionOperands operands = {
      queries, keys, values, result_gradient, log_sum_exp, projections};
  find_gradients<BFloat16, 32, true>(operands, query_gradient, nullptr, plan, attention);
}

extern "C" __global__ void __launch_bounds__(128, 2) cajal_attention_key_gradients_32_bfloat16(
    const float *queries, const float *keys, const float *values, const float *result_gradient,
    const float *log_sum_exp, const float *projections, float *key_gradient,
    float *value_gradient, const int *plan, cajal_cuda_attention attention) {
  AttentionOperands operands = {
      queries, keys, values, result_gradient, log_sum_exp, projections};
  find_gradients<BFloat16, 32, false>(
      operands, key_gradient, value_gradient, plan, attention);
}

extern "C" __global__ void __launch_bounds__(128, 2) cajal_attention_query_gradient_64_tf32(
    const float *queries, const float *keys, const float *values, const float *result_gradient,
    const float *log_sum_exp, const float *projections, float *query_gradient, const int *plan,
    cajal_cuda_attention attention) {
  AttentionOperands operands = {
      queries, keys, values, result_gradient, log_sum_exp, projections};
  find_gradients<TF32, 64, true>(operands, query_gradient, nullptr, plan, attention);
}

extern "C" __global__ void __launch_bounds__(128, 2) cajal_attention_key_gradients_64_tf32(
    const float *queries, const float *keys, const float *values, const float *result_gradient,
    const float *log_sum_exp, const float *projections, float *key_gradient,
    float *value_gradient, const int *plan, cajal_cuda_attention attention) {
  AttentionOperands operands = {
      queries, keys, values, result_gradient, log_sum_exp, projections};
  find_gradients<TF32, 64, false>(
      operands, key_gradient, value_gradient, plan, attention);
}

extern "C" __global__ void __launch_bounds__(128, 2) cajal_attention_query_gradient_64_bfloat16(
    const float *queries, const float *keys, const float *values, const float *result_gradient,
    const float *log_sum_exp, const float *projections, float *query_gradient, const int *plan,
    cajal_cuda_attention attention) {
  AttentionOperands operands = {
      queries, keys, values, result_gradient, log_sum_exp, projections};
  find_gradients<BFloat16, 64, true>(operands, query_gradient, nullptr, plan, attention);
}

extern "C" __global__ void __launch_bounds__(128, 2) cajal_attention_key_gradients_64_bfloat16(
    const float *queries, const float *keys, const float *values, const float *result_gradient,
    const float *log_sum_exp, const float *projections, float *key_gradient,
    float *value_gradient, const int *plan, cajal_cuda_attention attention) {
  AttentionOperands operands = {
      queries, keys, values, result_gradient, log_sum_exp, projections};
  find_gradients<BFloat16, 64, false>(
      operands, key_gradient, value_gradient, plan, attention);
}
