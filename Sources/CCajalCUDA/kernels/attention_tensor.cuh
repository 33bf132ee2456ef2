// What the kernels of attention on tensor cores share. Heads are at most 64 wide: tiles are whole
// in shared memory, and weights stay in registers, where sums of one product are the left operand
// of the next.
#pragma once

#include "attention.cuh"
#include "attention_walk.cuh"
#include "tensor_tile.cuh"

/// A word of a line of `count` numbers, scaled and rounded, with zeros from the `count`-th on.
template <typename Number>
__device__ inline uint32 scaled_word(const float *line, int word, int count, float factor) {
  if constexpr (Number::BYTES == 4) {
    return round_to_tf32(word < count ? line[word] * factor : 0);
  } else {
    float first = 2 * word < count ? line[2 * word] * factor : 0;
    float second = 2 * word + 1 < count ? line[2 * word + 1] * factor : 0;
    return round_to_bfloat16(first, second);
  }
}

/// How a block divides its work, and its shared memory: in a gradient its own tiles of two
/// operands, then places for two tiles that it meets and what belongs to them. Its four warps have
/// `16 * ROW_TILES` rows each.
template <typename Number_, int WIDTH_, bool OF_GRADIENT>
struct TensorAttention {
  using Number = Number_;
  static constexpr int WIDTH = WIDTH_, LINE = WIDTH * Number::BYTES;
  static constexpr int ROW_TILES = cajal_cuda_attention_row_tiles(WIDTH, Number::BYTES);
  static constexpr int ROWS = ROW_TILES * ATTENTION_TILE, THREAD_ROWS = 2 * ROW_TILES;
  static constexpr int STAGES = cajal_cuda_attention_stages(OF_GRADIENT, WIDTH, Number::BYTES);
  static constexpr int TILE = cajal_cuda_attention_tile_bytes(WIDTH, Number::BYTES);
  static constexpr int STAGE =
      cajal_cuda_attention_stage_bytes(OF_GRADIENT, WIDTH, Number::BYTES);
  static constexpr int OWN = OF_GRADIENT ? 2 * ROW_TILES * TILE : 0;
  /// Words of a mask.
  static constexpr int MASK = 2 * ATTENTION_TILE;
  using Layout = TensorRowsLayout<Number, ATTENTION_TILE, WIDTH, ATTENTION_THREADS>;
  static_assert(TILE == ATTENTION_TILE * Layout::PITCH, "the host knows the size");
  using Walk = TileWalk<ROW_TILES>;
  using Entry = typename Walk::Entry;
  /// Products with `COLUMNS` rows of another tile, and sums of lines.
  template <int COLUMNS>
  using Logits = TensorSums<TensorShape<Number, 4, 1, ROW_TILES, COLUMNS / 8>>;
  using Lines = TensorSums<TensorShape<Number, 4, 1, ROW_TILES, WIDTH / 8>>;

  unsigned char *memory;

  /// Places in shared memory.
  __device__ unsigned char *own_keys() const { return memory; }
  __device__ unsigned char *own_values() const { return memory + ROW_TILES * TILE; }
  __device__ unsigned char *keys(int stage) const { return memory + OWN + stage * STAGE; }
  __device__ unsigned char *values(int stage) const { return keys(stage) + TILE; }
  __device__ float *statistics(int stage) const {
    return reinterpret_cast<float *>(keys(stage) + 2 * TILE);
  }
  __device__ uint32 *masks(int stage) const {
    return reinterpret_cast<uint32 *>(keys(stage) + 2 * TILE + (OF_GRADIENT ? 512 : 0));
  }
  __device__ uint32 *kept(int stage) const { return masks(stage) + ROW_TILES * MASK; }

  /// The first row of this thread's warp, and its row `i` and column `j`.
  static __device__ int first_row() { return warp_index() * 16 * ROW_TILES; }
  static __device__ int row(int i) { return first_row() + 8 * i + lane_index() / 4; }
  static __device__ int column(int j) { return j / 2 * 8 + lane_index() % 4 * 2 + j % 2; }
  template <typename Sums>
  static __device__ float &at(Sums &sums, int i, int j) {
    return sums.at[i / 2][j / 2][i % 2 * 2 + j % 2];
  }
  /// Which of the block's tiles its warp is part of.
  static __device__ int own_tile() { return first_row() / ATTENTION_TILE; }

  /// Begins to copy lines.
  template <int COUNT>
  static __device__ void begin_lines(unsigned char *tile, const unsigned char *lines) {
    constexpr int pieces = LINE / 16;
#pragma unroll
    for (int i = 0; i < COUNT * pieces / ATTENTION_THREADS; i++) {
      int piece = (int)threadIdx.x + i * ATTENTION_THREADS;
      begin_copy16(
          tile + piece / pieces * Layout::PITCH + piece % pieces * 16, lines + 16 * piece);
    }
  }

  /// Begins to copy the masks of an entry.
  __device__ void begin_masks(
      int stage, const Entry &entry, const int *plan, const cajal_cuda_attention &a) const {
#pragma unroll
    for (int i = 0; i < ROW_TILES; i++) {
      if (entry.masks[i] < 0) continue;
      int place = entry.masks[i] * MASK + (int)threadIdx.x;
      begin_copy4(masks(stage) + i * MASK + threadIdx.x, plan + a.masks + place);
    }
  }

  /// Writes which pairs dropout keeps, of an entry of the block's tiles from `first` on.
  template <bool OF_QUERIES>
  __device__ void write_kept(
      int stage, const Entry &entry, int64 first, const cajal_cuda_attention &a,
      const AttentionHead &head) const {
    int query = (int)threadIdx.x / 2, half = (int)threadIdx.x % 2;
#pragma unroll 1
    for (int i = 0; i < ROW_TILES; i++) {
      int64 query_tile = OF_QUERIES ? first + i : entry.tile;
      int64 key_tile = OF_QUERIES ? entry.tile : first + i;
      int64 row = query_tile * ATTENTION_TILE + query, key = key_tile * ATTENTION_TILE + 32 * half;
      int64 element = (head.number * a.query_count + row) * a.key_count + key;
      kept(stage)[i * MASK + threadIdx.x] = kept_bits(a.dropout, element);
    }
  }

  /// Whether a bit of this warp's tile is set, in masks or in what dropout keeps.
  static __device__ bool bit(const uint32 *words, int query, int key) {
    return words[own_tile() * MASK + 2 * query + key / 32] >> key % 32 & 1;
  }

  /// Makes the logits of pairs that are not visible negative infinity. `first` is the column of the
  /// other tile that theirs begin at.
  template <bool OF_QUERIES, int COLUMNS>
  static __device__ void hide(Logits<COLUMNS> &logits, const uint32 *words, int first) {
#pragma unroll
    for (int i = 0; i < THREAD_ROWS; i++) {
#pragma unroll
      for (int j = 0; j < COLUMNS / 4; j++) {
        int own = row(i) % ATTENTION_TILE, other = first + column(j);
        if (!bit(words, OF_QUERIES ? own : other, OF_QUERIES ? other : own)) {
          at(logits, i, j) = -CAJAL_INFINITY;
        }
      }
    }
  }

  /// Likewise for keys from the `count`-th on, which do not exist.
  template <int COLUMNS>
  static __device__ void hide_from(Logits<COLUMNS> &logits, int count) {
#pragma unroll
    for (int j = 0; j < COLUMNS / 4; j++) {
      if (column(j) < count) continue;
#pragma unroll
      for (int i = 0; i < THREAD_ROWS; i++) at(logits, i, j) = -CAJAL_INFINITY;
    }
  }

  /// The products of this warp's rows with rows of another tile. `load_left` reads the left operand
  /// of a step.
  template <int COLUMNS, typename Left>
  static __device__ void multiply(
      Left load_left, const unsigned char *other, Logits<COLUMNS> &products) {
    products.clear();
#pragma unroll OF_GRADIENT ? 2 : 64
    for (int step = 0; step < WIDTH / Number::STEP; step++) {
      uint32 left[ROW_TILES][4];
      load_left(left, step);
#pragma unroll
      for (int j = 0; j < COLUMNS / 16; j++) {
        uint32 right[2][2];
        Layout::load_right(right, other, 16 * j, step);
#pragma unroll
        for (int i = 0; i < ROW_TILES; i++) {
          Number::multiply_add(products.at[i][2 * j], left[i], right[0]);
          Number::multiply_add(products.at[i][2 * j + 1], left[i], right[1]);
        }
      }
    }
  }

  /// Likewise with a tile of the block's own in shared memory.
  template <int COLUMNS>
  static __device__ void multiply_own(
      const unsigned char *own, const unsigned char *other, Logits<COLUMNS> &products) {
    auto load_left = [own](uint32 (&left)[ROW_TILES][4], int step) {
#pragma unroll
      for (int i = 0; i < ROW_TILES; i++) {
        Layout::load_left(left[i], own, first_row() + 16 * i, step);
      }
    };
    multiply<COLUMNS>(load_left, other, products);
  }

  /// Adds lines of a tile, weighed for each of this warp's rows. `weigh` says what the weight of a
  /// row and column is multiplied with.
  template <int COLUMNS, typename Weigh>
  static __device__ void add_weighed(
      const Logits<COLUMNS> &weights, const unsigned char *lines, Lines &sums, Weigh weigh) {
    constexpr int groups = Number::STEP / 8;
#pragma unroll
    for (int step = 0; step < COLUMNS / Number::STEP; step++) {
      uint32 left[ROW_TILES][4];
#pragma unroll
      for (int i = 0; i < ROW_TILES; i++) {
        float own[groups][4];
#pragma unroll
        for (int group = 0; group < groups; group++) {
#pragma unroll
          for (int k = 0; k < 4; k++) {
            int place = step * groups + group;
            own[group][k] =
                weights.at[i][place][k] * weigh(2 * i + k / 2, 2 * place + k % 2);
          }
        }
        Number::convert(left[i], own);
      }
#pragma unroll
      for (int j = 0; j < WIDTH / 16; j++) {
        uint32 right[2][2];
        Number::template load_right<true>(
            right, lines + step * Number::STEP * Layout::PITCH + 16 * j * Number::BYTES,
            Layout::PITCH);
#pragma unroll
        for (int i = 0; i < ROW_TILES; i++) {
          Number::multiply_add(sums.at[i][2 * j], left[i], right[0]);
          Number::multiply_add(sums.at[i][2 * j + 1], left[i], right[1]);
        }
      }
    }
  }
};
