// The operands of attention on tensor cores, rounded once per call, so that blocks copy whole tiles
// of them without looking at them. Lines are `[batch, heads, rows, WIDTH]`, with zeros where a row
// or a number of it does not exist; there are cajal_cuda_attention_padded_rows of them.

#include "attention_tensor.cuh"

/// A place of eight numbers in a tile: 64 lines that are shared by the threads of a block.
template <int WIDTH>
struct EightNumbers {
  static constexpr int LANES = WIDTH / 8, COUNT = ATTENTION_TILE * LANES / ATTENTION_THREADS;
  int row, column;

  __device__ explicit EightNumbers(int i)
      : row(((int)threadIdx.x + i * ATTENTION_THREADS) / LANES),
        column((int)threadIdx.x % LANES * 8) {}
};

/// A tile of rows of an operand of a head.
template <int WIDTH>
struct AttentionRowsOfHead {
  const float *first;
  int64 stride;
  int rows, width;
  bool aligned;

  /// `offset` is where the tile's first row begins, of which `rows` exist.
  __device__ AttentionRowsOfHead(
      const float *operand, int64 offset, int64 heads, int rows, int64 width)
      : first(operand + offset), stride(heads * width), rows(rows), width((int)width),
        aligned(is_aligned(first) && stride % 4 == 0) {}

  __device__ void read(float4 (&x)[2], EightNumbers<WIDTH> place) const {
    int count = place.row < rows ? width - place.column : 0;
    const float *source = first + place.row * stride + place.column;
    x[0] = load4_or_zeros(source, aligned, count);
    x[1] = load4_or_zeros(source + 4, aligned, count - 4);
  }
};

template <typename Number, int WIDTH>
__device__ inline void write_line(
    unsigned char *tile, EightNumbers<WIDTH> place, const float4 (&x)[2]) {
  unsigned char *target = tile + (place.row * WIDTH + place.column) * Number::BYTES;
  Number::store4(target, x[0]);
  Number::store4(target + 4 * Number::BYTES, x[1]);
}

/// A tile of keys and values of a head.
template <typename Number, int WIDTH>
__device__ inline void round_keys(
    const float *keys, const float *values, unsigned char *key_lines, unsigned char *value_lines,
    const cajal_cuda_attention &a) {
  int64 tiles = cajal_cuda_attention_padded_rows(a.key_count) / ATTENTION_TILE;
  AttentionHead head(a, blockIdx.x / tiles);
  int64 row = blockIdx.x % tiles * ATTENTION_TILE;
  int rows = (int)smaller<int64>(a.key_count - row, ATTENTION_TILE);
  AttentionRowsOfHead<WIDTH> key_rows(
      keys, head.key_row(a, a.key_count, row), a.heads, rows, a.key_width);
  AttentionRowsOfHead<WIDTH> value_rows(
      values, head.value_row(a, a.key_count, row), a.heads, rows, a.value_width);
  int64 tile = blockIdx.x * (int64)(ATTENTION_TILE * WIDTH * Number::BYTES);
#pragma unroll
  for (int i = 0; i < EightNumbers<WIDTH>::COUNT; i++) {
    EightNumbers<WIDTH> place(i);
    float4 key[2], value[2];
    key_rows.read(key, place);
    value_rows.read(value, place);
    write_line<Number>(key_lines + tile, place, key);
    write_line<Number>(value_lines + tile, place, value);
  }
}

__device__ inline float4 scaled(float4 x, float factor) {
  return make_float4(x.x * factor, x.y * factor, x.z * factor, x.w * factor);
}

__device__ inline float dot(float4 a, float4 b) {
  return a.x * b.x + a.y * b.y + (a.z * b.z + a.w * b.w);
}

/// A tile of queries, which are scaled, and gradients of results of a head, and its statistics.
template <typename Number, int WIDTH>
__device__ inline void round_queries(
    const float *queries, const float *result, const float *result_gradient,
    const float *log_sum_exp, unsigned char *query_lines, unsigned char *gradient_lines,
    float *statistics, const cajal_cuda_attention &a) {
  int64 tiles = cajal_cuda_attention_padded_rows(a.query_count) / ATTENTION_TILE;
  AttentionHead head(a, blockIdx.x / tiles);
  int64 row = blockIdx.x % tiles * ATTENTION_TILE;
  int rows = (int)smaller<int64>(a.query_count - row, ATTENTION_TILE);
  AttentionRowsOfHead<WIDTH> query_rows(
      queries, head.key_row(a, a.query_count, row), a.heads, rows, a.key_width);
  int64 offset = head.value_row(a, a.query_count, row);
  AttentionRowsOfHead<WIDTH> gradient_rows(
      result_gradient, offset, a.heads, rows, a.value_width);
  AttentionRowsOfHead<WIDTH> result_rows(result, offset, a.heads, rows, a.value_width);
  int64 tile = blockIdx.x * (int64)(ATTENTION_TILE * WIDTH * Number::BYTES);
  float *target = statistics + blockIdx.x * (int64)(2 * ATTENTION_TILE);
#pragma unroll
  for (int i = 0; i < EightNumbers<WIDTH>::COUNT; i++) {
    EightNumbers<WIDTH> place(i);
    float4 query[2], gradient[2], product[2];
    query_rows.read(query, place);
    gradient_rows.read(gradient, place);
    result_rows.read(product, place);
#pragma unroll
    for (int k = 0; k < 2; k++) query[k] = scaled(query[k], a.scale * LOG2_E);
    write_line<Number>(query_lines + tile, place, query);
    write_line<Number>(gradient_lines + tile, place, gradient);
    float sum = dot(gradient[0], product[0]) + dot(gradient[1], product[1]);
#pragma unroll
    for (int distance = 1; distance < EightNumbers<WIDTH>::LANES; distance *= 2) {
      sum += __shfl_xor_sync(ALL_LANES, sum, distance);
    }
    if (place.column != 0) continue;
    float log = 0;
    if (place.row < rows) {
      log = log_sum_exp[head.number * a.query_count + row + place.row] * LOG2_E;
    }
    // No pair of such a query is visible; others of its tile are not to become NaN.
    target[place.row] = log == -CAJAL_INFINITY ? 0 : log;
    target[ATTENTION_TILE + place.row] = sum;
  }
}

// Lines of keys and values, before attention and its gradients, which take the same width.
// Nothing is launched where batch, heads or keys are 0.
//
// Grid: x = padded keys / 64 * batch * heads, y = z = 1. Block: 128. Dynamic shared bytes: 0.

extern "C" __global__ void __launch_bounds__(128) cajal_attention_keys_32_tf32(
    const float *keys, const float *values, unsigned char *key_lines, unsigned char *value_lines,
    cajal_cuda_attention attention) {
  round_keys<TF32, 32>(keys, values, key_lines, value_lines, attention);
}

extern "C" __global__ void __launch_bounds__(128) cajal_attention_keys_32_bfloat16(
    const float *keys, const float *values, unsigned char *key_lines, unsigned char *value_lines,
    cajal_cuda_attention attention) {
  round_keys<BFloat16, 32>(keys, values, key_lines, value_lines, attention);
}

extern "C" __global__ void __launch_bounds__(128) cajal_attention_keys_64_tf32(
    const float *keys, const float *values, unsigned char *key_lines, unsigned char *value_lines,
    cajal_cuda_attention attention) {
  round_keys<TF32, 64>(keys, values, key_lines, value_lines, attention);
}

extern "C" __global__ void __launch_bounds__(128) cajal_attention_keys_64_bfloat16(
    const float *keys, const float *values, unsigned char *key_lines, unsigned char *value_lines,
    cajal_cuda_attention attention) {
  round_keys<BFloat16, 64>(keys, values, key_lines, value_lines, attention);
}

// Lines of queries and of gradients of results, before gradients. Statistics are, for each tile of
// 64 queries of `[batch, heads, padded queries]`, their log-sum-exps over ln 2, and then
// `result · gradient` of each. Nothing is launched where batch, heads or queries are 0.
//
// Grid: x = padded queries / 64 * batch * heads, y = z = 1. Block: 128. Dynamic shared bytes: 0.

extern "C" __global__ void __launch_bounds__(128) cajal_attention_queries_32_tf32(
    const float *queries, const float *result, const float *result_gradient,
    const float *log_sum_exp, unsigned char *query_lines, unsigned char *gradient_lines,
    float *statistics, cajal_cuda_attention attention) {
  round_queries<TF32, 32>(
      queries, result, result_gradient, log_sum_exp, query_lines, gradient_lines, statistics,
      attention);
}

extern "C" __global__ void __launch_bounds__(128) cajal_attention_queries_32_bfloat16(
    const float *queries, const float *result, const float *result_gradient,
    const float *log_sum_exp, unsigned char *query_lines, unsigned char *gradient_lines,
    float *statistics, cajal_cuda_attention attention) {
  round_queries<BFloat16, 32>(
      queries, result, result_gradient, log_sum_exp, query_lines, gradient_lines, statistics,
      attention);
}

extern "C" __global__ void __launch_bounds__(128) cajal_attention_queries_64_tf32(
    const float *queries, const float *result, const float *result_gradient,
    const float *log_sum_exp, unsigned char *query_lines, unsigned char *gradient_lines,
    float *statistics, cajal_cuda_attention attention) {
  round_queries<TF32, 64>(
      queries, result, result_gradient, log_sum_exp, query_lines, gradient_lines, statistics,
      attention);
}

extern "C" __global__ void __launch_bounds__(128) cajal_attention_queries_64_bfloat16(
    const float *queries, const float *result, const float *result_gradient,
    const float *log_sum_exp, unsigned char *query_lines, unsigned char *gradient_lines,
    float *statistics, cajal_cuda_attention attention) {
  round_queries<BFloat16, 64>(
      queries, result, result_gradient, log_sum_exp, query_lines, gradient_lines, statistics,
      attention);
}
