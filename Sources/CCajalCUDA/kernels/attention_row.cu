// Attention while decoding: one query of each head against caches of keys `[batch, heads,
// key_count, key_width]` and of values `[batch, heads, key_count, value_width]`.

#include "attention.cuh"

/// Writes keys `[batch, count, heads * key_width]` and values likewise to positions
/// `first ..< first + count` of the caches.
/// Grid: x = ceil(batch * count * heads * (key_width + value_width) / 256), or fewer. Block: 256.
/// Dynamic shared bytes: 0.
extern "C" __global__ void cajal_cache_attention(
    const float *keys, const float *values, float *key_cache, float *value_cache, int64 first,
    int64 count, cajal_cuda_attention attention) {
  const cajal_cuda_attention &a = attention;
  int64 width = a.key_width + a.value_width;
  FOR_EACH_INDEX(i, a.batch * count * a.heads * width) {
    int64 line = i / width, column = i - line * width;
    int64 position = line / a.heads, head = line - position * a.heads;
    int64 image = position / count;
    int64 place = (image * a.heads + head) * a.key_count + first + position - image * count;
    if (column < a.key_width) {
      key_cache[place * a.key_width + column] = keys[line * a.key_width + column];
    } else {
      column -= a.key_width;
      value_cache[place * a.value_width + column] = values[line * a.value_width + column];
    }
  }
}

/// Columns of values of a block, warps of a block, and keys of a tile that a warp has.
constexpr int ROW_COLUMNS = 128, ROW_WARPS = 4, ROW_KEYS = 16;

/// A softmax over some keys: the largest logit in units of ln 2, and relative to it the sum of the
/// weights and of the weighed values, of which a thread has some.
template <int COLUMNS>
struct RowSoftmax {
  float largest, total, sums[COLUMNS];

  /// Moves to a largest logit that is no smaller, and returns it or 0 if there is none.
  __device__ float move(float most) {
    float reference = most == -CAJAL_INFINITY ? 0 : most;
    float factor = exp2f(largest - reference);
    largest = most;
    total *= factor;
#pragma unroll
    for (int j = 0; j < COLUMNS; j++) sums[j] *= factor;
    return reference;
  }

  /// Adds the softmax over other keys.
  __device__ void add(const RowSoftmax &other) {
    float reference = move(maximum(largest, other.largest));
    float factor = exp2f(other.largest - reference);
    total += other.total * factor;
#pragma unroll
    for (int j = 0; j < COLUMNS; j++) sums[j] += other.sums[j] * factor;
  }
};

/// The result of a column, with the padding keys of a query.
__device__ inline float finished_column(
    RowSoftmax<1> softmax, const int *plan, const cajal_cuda_attention &a, int64 row) {
  float padding = 0;
  if (a.padding_key_counts >= 0) padding = __int_as_float(plan[a.padding_key_counts + row]);
  if (padding > 0) softmax.add({0, padding, {0}});
  return softmax.total == 0 ? 0 : softmax.sums[0] / softmax.total;
}

/// The part of `query · key` of one of the eight lanes that share a key.
__device__ inline float partial_product(
    const float *query, const float *key, int width, bool aligned) {
  float sum = 0;
  if (aligned) {
    for (int c = lane_index() % 8 * 4; c < width; c += 32) {
      float4 x = load4(query + c), y = load4(key + c);
      sum += x.x * y.x;
      sum += x.y * y.y;
      sum += x.z * y.z;
      sum += x.w * y.w;
    }
  } else {
    for (int c = lane_index() % 8; c < width; c += 8) sum += query[c] * key[c];
  }
  return sum;
}

/// Adds 16 keys, of which `bits` are attended to, to the softmax of a warp. Lane `i` has columns
/// `i + 32 * j`.
__device__ inline void add_keys(
    RowSoftmax<4> &softmax, uint32 bits, const float *query, const float *keys,
    const float *values, const cajal_cuda_attention &a, int columns, bool aligned) {
  int width = (int)a.key_width, group = lane_index() / 8;
  float logits[4], most = softmax.largest;
#pragma unroll
  for (int i = 0; i < 4; i++) {
    int key = 4 * i + group;
    bool visible = bits >> key & 1;
    float sum = visible ? partial_product(query, keys + key * a.key_width, width, aligned) : 0;
#pragma unroll
    for (int distance = 1; distance < 8; distance *= 2) {
      sum += __shfl_xor_sync(ALL_LANES, sum, distance);
    }
    logits[i] = visible ? sum * (a.scale * LOG2_E) : -CAJAL_INFINITY;
    most = maximum(most, logits[i]);
  }
  most = maximum(most, __shfl_xor_sync(ALL_LANES, most, 8));
  most = maximum(most, __shfl_xor_sync(ALL_LANES, most, 16));
  float reference = softmax.move(most);
#pragma unroll
  for (int i = 0; i < 4; i++) {
    float weight = exp2f(logits[i] - reference);
#pragma unroll
    for (int from = 0; from < 4; from++) {
      int key = 4 * i + from;
      float factor = __shfl_sync(ALL_LANES, weight, 8 * from);
      bool visible = bits >> key & 1;
      softmax.total += factor;
#pragma unroll
      for (int j = 0; j < 4; j++) {
        int column = lane_index() + WARP * j;
        bool exists = visible && column < columns;
        softmax.sums[j] += factor * (exists ? values[key * a.value_width + column] : 0);
      }
    }
  }
}

/// Query number `row`: `queries` is `[batch, heads * key_width]`, `result`
/// `[batch, heads * value_width]`. The tiles of keys are divided among `parts` blocks.
///
/// With one part that is all, and `partial` is not used. Else `partial` is memory for `[batch,
/// heads, parts, 2 + value_width]`, and cajal_attention_row_parts follows. As many parts as the
/// entries of the row's query tile, at most 512 / (batch * heads), at least 1: by shape alone.
///
/// Grid: x = batch * heads * parts, y = ceil(value_width / 128), z = 1. Block: 128.
/// Dynamic shared bytes: 0.
extern "C" __global__ void __launch_bounds__(128) cajal_attention_row(
    int64 row, const float *queries, const float *key_cache, const float *value_cache,
    float *result, float *partial, int64 parts, const int *plan,
    cajal_cuda_attention attention) {
  const cajal_cuda_attention &a = attention;
  __shared__ float largest[ROW_WARPS], totals[ROW_WARPS], sums[ROW_WARPS][ROW_COLUMNS];
  int64 pair = blockIdx.x / parts, part = blockIdx.x - pair * parts, tile = row / ATTENTION_TILE;
  int64 start = plan[tile], count = plan[tile + 1] - start;
  int64 first = start + count * part / parts, end = start + count * (part + 1) / parts;
  int column = (int)blockIdx.y * ROW_COLUMNS;
  int columns = smaller((int)a.value_width - column, ROW_COLUMNS);
  const float *query = queries + pair * a.key_width;
  const float *keys = key_cache + pair * a.key_count * a.key_width;
  const float *values = value_cache + pair * a.key_count * a.value_width + column;
  bool aligned = is_aligned(query) && is_aligned(keys) && a.key_width % 4 == 0;

  int warp = warp_index();
  RowSoftmax<4> softmax = {-CAJAL_INFINITY, 0, {0, 0, 0, 0}};
  for (int64 entry = first; entry < end; entry++) {
    int64 key = (int64)plan[a.query_entries + 2 * entry] * ATTENTION_TILE + warp * ROW_KEYS;
    int64 mask = plan[a.query_entries + 2 * entry + 1];
    uint32 bits = ALL_LANES;
    if (mask >= 0) {
      int64 word = (mask * ATTENTION_TILE + row % ATTENTION_TILE) * 2 + warp / 2;
      bits = (uint32)plan[a.masks + word] >> warp % 2 * ROW_KEYS;
    }
    int64 left = larger<int64>(a.key_count - key, 0);
    bits &= left < ROW_KEYS ? (1u << left) - 1 : (1u << ROW_KEYS) - 1;
    if (bits == 0) continue;
    add_keys(
        softmax, bits, query, keys + key * a.key_width, values + key * a.value_width, a, columns,
        aligned);
  }
#pragma unroll
  for (int j = 0; j < 4; j++) sums[warp][lane_index() + WARP * j] = softmax.sums[j];
  if (lane_index() == 0) {
    largest[warp] = softmax.largest;
    totals[warp] = softmax.total;
  }
  __syncthreads();
  int own = (int)threadIdx.x;
  RowSoftmax<1> all = {largest[0], totals[0], {sums[0][own]}};
  for (int i = 1; i < ROW_WARPS; i++) all.add({largest[i], totals[i], {sums[i][own]}});
  if (parts == 1) {
    float value = finished_column(all, plan, a, row);
    if (own < columns) result[pair * a.value_width + column + own] = value;
    return;
  }
  float *target = partial + blockIdx.x * (2 + a.value_width);
  if (own < columns) target[2 + column + own] = all.sums[0];
  if (own == 0 && blockIdx.y == 0) {
    target[0] = all.largest;
    target[1] = all.total;
  }
}

/// Adds the parts of cajal_attention_row, in their order.
/// Grid: x = ceil(batch * heads * value_width / 128), or fewer. Block: 128.
/// Dynamic shared bytes: 0.
extern "C" __global__ void __launch_bounds__(128) cajal_attention_row_parts(
    int64 row, const float *partial, float *result, int64 parts, const int *plan,
    cajal_cuda_attention attention) {
  const cajal_cuda_attention &a = attention;
  FOR_EACH_INDEX(i, a.batch * a.heads * a.value_width) {
    int64 pair = i / a.value_width, column = i - pair * a.value_width;
    const float *source = partial + pair * parts * (2 + a.value_width);
    RowSoftmax<1> all = {source[0], source[1], {source[2 + column]}};
    for (int64 part = 1; part < parts; part++) {
      source += 2 + a.value_width;
      all.add({source[0], source[1], {source[2 + column]}});
    }
    result[i] = finished_column(all, plan, a, row);
  }
}
