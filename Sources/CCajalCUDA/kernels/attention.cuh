// What the kernels of attention share: the plan on the device, and the pairs of a tile.
//
// A plan is one array of 32-bit words, made once. `queryTiles` and `keyTiles` are the counts of
// queries and keys over 64, rounded up; offsets are in words and given in cajal_cuda_attention:
//
//   0                   queryTiles + 1   where each query tile's entries start, in entries
//   key_starts          keyTiles + 1     where each key tile's entries start, in entries
//   query_entries       2 per entry      key tile, number of the mask or -1: AttentionPlan.entries
//   key_entries         2 per entry      query tile, number of the mask or -1: the same entries,
//                                        by key tile and then by query tile
//   masks               128 per mask     AttentionPlan.masks: for each query of the tile the lower
//                                        and the upper word of its bits
//   padding_key_counts  one per query    floats, or the offset is -1
#pragma once

#include "product_tile.cuh"

/// Queries and keys in a tile, and the threads of a block.
constexpr int ATTENTION_TILE = 64, ATTENTION_THREADS = 128;
constexpr float LOG2_E = 1.44269504f, LN_2 = 0.69314718f;

/// Logits of a tile of rows with a tile of columns. A warp has 16 rows by itself; a thread has 4
/// rows, and columns `lane % 8 + 8 * i`, for interleaved columns.
using AttentionLogits = ProductShape<4, 1, 1, 2, 16>;
/// Weights of such a tile times `WIDTH` columns of what they weigh.
template <int WIDTH>
using AttentionSums = ProductShape<4, 1, 1, WIDTH / 32, 16>;

using AttentionRows = RowsTile<AttentionLogits::LeftRows>;
using AttentionColumns =
    RowsTile<RowsLayout<ATTENTION_TILE, 16, ATTENTION_THREADS, Interleaved>>;
template <int WIDTH>
using AttentionWeighed = ColumnsTile<typename AttentionSums<WIDTH>::RightColumns>;

/// The pairs of a tile, and what their queries have, in shared memory.
struct AttentionPairs {
  /// Bit `k % 32` of word `k / 32` of a query: whether it attends to key `k` of the tile, and
  /// whether dropout keeps the pair.
  uint32 visible[ATTENTION_TILE][2], kept[ATTENTION_TILE][2];
  /// The queries' log-sum-exps over ln 2, and projections.
  float log_sum_exp[ATTENTION_TILE], projection[ATTENTION_TILE];

  __device__ bool is_visible(int query, int key) const {
    return visible[query][key / 32] >> key % 32 & 1;
  }
  __device__ bool is_kept(int query, int key) const {
    return kept[query][key / 32] >> key % 32 & 1;
  }
  /// What dropout multiplies a pair's weight with.
  __device__ float kept_factor(const cajal_cuda_attention &a, int query, int key) const {
    if (!a.has_dropout) return 1;
    return is_kept(query, key) ? a.dropout.scale : 0;
  }
  /// The weight of a visible pair.
  __device__ float weight(const cajal_cuda_attention &a, int query, float product) const {
    return exp2f(product * (a.scale * LOG2_E) - log_sum_exp[query]);
  }
  /// The gradient of a visible pair's product, where `along` is the product of the result's
  /// gradient and the value.
  __device__ float product_gradient(
      const cajal_cuda_attention &a, int query, float weight, float kept, float along) const {
    return weight * (a.scale * (kept * along - projection[query]));
  }
};

/// The shared memory of a block in float32.
template <int WIDTH>
struct AttentionMemory : AttentionPairs {
  static constexpr int LEFT = AttentionLogits::LEFT_TILE;
  static constexpr int RIGHT = WIDTH > ATTENTION_TILE ? AttentionSums<WIDTH>::RIGHT_TILE
                                                      : AttentionLogits::RIGHT_TILE;
  float4 left_tiles[2 * LEFT / 4], right_tiles[2 * RIGHT / 4];
  /// Weights, transposed: a line per column.
  float4 weights[ATTENTION_TILE * AttentionLogits::LEFT_PITCH / 4];

  __device__ float *left() { return &left_tiles[0].x; }
  __device__ float *right() { return &right_tiles[0].x; }
  __device__ float *weight_lines() { return &weights[0].x; }
};

/// One of the images and one of its heads.
struct AttentionHead {
  int64 number, image, head;

  __device__ AttentionHead(const cajal_cuda_attention &a, int64 number)
      : number(number), image(number / a.heads), head(number % a.heads) {}

  /// Where a row of queries or keys, or of values or results, starts.
  __device__ int64 key_row(const cajal_cuda_attention &a, int64 count, int64 row) const {
    return ((image * count + row) * a.heads + head) * a.key_width;
  }
  __device__ int64 value_row(const cajal_cuda_attention &a, int64 count, int64 row) const {
    return ((image * count + row) * a.heads + head) * a.value_width;
  }
};

/// Bit `i`: whether dropout keeps element `first + i`.
__device__ inline uint32 kept_bits(const cajal_cuda_dropout &dropout, int64 first) {
  uint32 bits = 0;
  int shift = (int)(first % 4);
  for (int block = 0; block < 9; block++) {
    if (block == 8 && shift == 0) break;
    uint4 words = philox(dropout.key, (uint32)(first / 4 + block));
    uint32 least = dropout.threshold;
    uint32 four = (words.x >= least ? 1 : 0) | (words.y >= least ? 2 : 0)
        | (words.z >= least ? 4 : 0) | (words.w >= least ? 8 : 0);
    int place = 4 * block - shift;
    bits |= place < 0 ? four >> -place : four << place;
  }
  return bits;
}

/// Writes the bits of a tile's pairs: the whole block takes part, and waits before it reads them.
__device__ inline void write_pairs(
    AttentionPairs &memory, const int *plan, const cajal_cuda_attention &a,
    const AttentionHead &head, int64 query_tile, int64 key_tile, int mask) {
  int query = (int)threadIdx.x / 2, half = (int)threadIdx.x % 2;
  int64 row = query_tile * ATTENTION_TILE + query;
  int64 key = key_tile * ATTENTION_TILE + 32 * half, keys = a.key_count - key;
  uint32 bits = ALL_LANES;
  if (mask >= 0) {
    int64 word = ((int64)mask * ATTENTION_TILE + query) * 2 + half;
    bits = (uint32)plan[a.masks + word];
  }
  if (keys < 32) bits &= keys <= 0 ? 0 : (1u << keys) - 1;
  if (row >= a.query_count) bits = 0;
  memory.visible[query][half] = bits;
  if (!a.has_dropout) return;
  int64 element = (head.number * a.query_count + row) * a.key_count + key;
  memory.kept[query][half] = bits == 0 ? 0 : kept_bits(a.dropout, element);
}

/// What a gradient is computed from.
struct AttentionOperands {
  const float *queries, *keys, *values, *result_gradient, *log_sum_exp, *projections;
};

/// Writes the log-sum-exps and projections of a tile's queries.
__device__ inline void write_statistics(
    AttentionPairs &memory, const AttentionOperands &operands,
    const cajal_cuda_attention &a, const AttentionHead &head, int64 query) {
  int thread = (int)threadIdx.x;
  if (thread >= ATTENTION_TILE) return;
  int64 at = head.number * a.query_count + query + thread;
  bool exists = query + thread < a.query_count;
  memory.log_sum_exp[thread] = exists ? operands.log_sum_exp[at] * LOG2_E : 0;
  memory.projection[thread] = exists ? operands.projections[at] : 0;
}

/// Writes the weights of a thread for its warp.
template <int WIDTH>
__device__ inline void write_weights(
    AttentionMemory<WIDTH> &memory, const ProductSums<AttentionLogits> &weights) {
  float *target = memory.weight_lines() + AttentionLogits::row(0);
#pragma unroll
  for (int j = 0; j < 8; j++) {
    store4(
        target + (lane_index() % 8 + 8 * j) * AttentionLogits::LEFT_PITCH,
        make_float4(weights.at[0][j], weights.at[1][j], weights.at[2][j], weights.at[3][j]));
  }
}
