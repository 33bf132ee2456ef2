// Adding rows to those that indices name, without atomic additions: indices are sorted, so that
// what a row receives lies together, and sums are taken of pieces of the sorted list. So a row that
// most indices name takes little longer, and the order of sums depends on the indices alone.

#include "rows.cuh"

/// An index and its place as one number: their order is that of indices and then of places. All
/// are different. Negative indices come last.
__device__ inline uint64 sort_key(int index, int64 place) {
  return (uint64)(uint32)index << 32 | (uint32)place;
}
__device__ inline int index_of(uint64 key) { return (int)(uint32)(key >> 32); }
__device__ inline int64 place_of(uint64 key) { return (int64)(uint32)key; }

/// Sorts each chunk of `size` indices, with -1 for those that the last chunk lacks:
/// `keys` `[chunks, size]`, 8-byte aligned. `size` is a power of two of at most
/// CAJAL_CUDA_SORTED_INDICES. Fewer than 2^32 indices.
/// Launch: up to 1024 threads, ceil(count / size) blocks. No dynamic shared memory.
extern "C" __global__ void __launch_bounds__(1024) cajal_sort_indices(
    const int *indices, uint64 *keys, int64 count, int size) {
  __shared__ uint64 sorted[CAJAL_CUDA_SORTED_INDICES];
  int64 first = (int64)blockIdx.x * size;
  FOR_EACH_IN_BLOCK(place, size) {
    int64 i = first + place;
    sorted[place] = sort_key(i < count ? indices[i] : -1, i);
  }
  // Runs of `length` are merged from halves of which one ascends and one descends.
  for (int length = 2; length <= size; length *= 2) {
    for (int distance = length / 2; distance > 0; distance /= 2) {
      __syncthreads();
      for (int pair = (int)threadIdx.x; pair < size / 2; pair += (int)blockDim.x) {
        int a = 2 * pair - (pair & (distance - 1)), b = a + distance;
        uint64 x = sorted[a], y = sorted[b];
        if ((x > y) == ((a & length) == 0)) {
          sorted[a] = y;
          sorted[b] = x;
        }
      }
    }
  }
  __syncthreads();
  FOR_EACH_IN_BLOCK(place, size) keys[first + place] = sorted[place];
}

/// Merges sorted chunks of CAJAL_CUDA_SORTED_INDICES keys to `merged` `[count]`: a key's place is
/// the number of those before it, which are looked for in each chunk.
/// Launch: 256 threads, any grid. No shared memory.
extern "C" __global__ void __launch_bounds__(256) cajal_merge_indices(
    const uint64 *keys, uint64 *merged, int64 count, int64 chunks) {
  constexpr int SIZE = CAJAL_CUDA_SORTED_INDICES, AT_ONCE = 4;
  FOR_EACH_INDEX(i, chunks * SIZE) {
    uint64 key = keys[i];
    int64 before = 0;
    // Some chunks side by side, so that latencies overlap.
    for (int64 first = 0; first < chunks; first += AT_ONCE) {
      int found[AT_ONCE] = {};
      for (int step = SIZE / 2; step > 0; step /= 2) {
#pragma unroll
        for (int j = 0; j < AT_ONCE; j++) {
          if (first + j >= chunks) continue;
          if (keys[(first + j) * SIZE + found[j] + step - 1] < key) found[j] += step;
        }
      }
#pragma unroll
      for (int j = 0; j < AT_ONCE; j++) {
        if (first + j >= chunks) continue;
        before += found[j] + (keys[(first + j) * SIZE + found[j]] < key ? 1 : 0);
      }
    }
    if (before < count) merged[before] = key;
  }
}

/// The sorted list in pieces of CAJAL_CUDA_SCATTER_PIECE, of which a warp adds one for 128 columns.
struct ScatterPiece {
  static constexpr int LENGTH = CAJAL_CUDA_SCATTER_PIECE, SPAN = CAJAL_CUDA_SCATTER_SPAN;
  int64 number, column, begin, end;

  /// Pieces and spans of columns, as one number.
  static __device__ int64 units(int64 count, int64 width) {
    return divide_up(count, LENGTH) * divide_up(width, SPAN);
  }
  __device__ ScatterPiece(int64 unit, int64 count, int64 width) {
    int64 spans = divide_up(width, SPAN);
    number = unit / spans;
    column = (unit - number * spans) * SPAN;
    begin = number * LENGTH;
    end = smaller(begin + LENGTH, count);
  }
  /// Whether its first index is also the last one of the piece before.
  __device__ bool is_continued(const uint64 *keys) const {
    return begin > 0 && index_of(keys[begin - 1]) == index_of(keys[begin]);
  }
  /// Where the sum goes that goes on from the piece before, and the one that goes on in the next.
  __device__ float *first_sum(float *partial, int64 width) const {
    return partial + 2 * number * width + column;
  }
  __device__ float *last_sum(float *partial, int64 width) const {
    return first_sum(partial, width) + width;
  }
};

/// `table[indices[i], :] += scale · rows[i, :]`, rows of `width` elements, for sorted keys; nothing
/// for a negative index. The sums of a row that more than one piece has go to `partial`
/// `[pieces, 2, width]`, which cajal_add_scattered_parts adds.
/// Launch: 256 threads, a warp for each piece and 128 columns. No shared memory.
extern "C" __global__ void __launch_bounds__(256) cajal_scatter_add_rows(
    const float *rows, const uint64 *keys, float scale, float *table, float *partial, int64 count,
    int64 width) {
  constexpr int AT_ONCE = 8;
  bool wide = width % 4 == 0 && is_aligned(rows) && is_aligned(table) && is_aligned(partial);
  FOR_EACH_WARP_ROW(unit, ScatterPiece::units(count, width)) {
    ScatterPiece piece(unit, count, width);
    int64 left = width - piece.column;
    bool from_before = piece.is_continued(keys);
    int row = index_of(keys[piece.begin]);
    RowValues<1> sum = {};
    auto finish = [&](bool goes_on) {
      if (row < 0) return;
      if (from_before) {
        sum.store(piece.first_sum(partial, width), left, wide);
      } else if (goes_on) {
        sum.store(piece.last_sum(partial, width), left, wide);
      } else {
        RowValues<1> old;
        float *target = table + row * width + piece.column;
        old.load(target, left, wide, 0);
#pragma unroll
        for (int k = 0; k < sum.COUNT; k++) old[k] += sum[k];
        old.store(target, left, wide);
      }
    };
    for (int64 start = piece.begin; start < piece.end; start += AT_ONCE) {
      // Their latencies overlap.
      RowValues<1> values[AT_ONCE];
      int targets[AT_ONCE];
#pragma unroll
      for (int j = 0; j < AT_ONCE; j++) {
        targets[j] = -1;
        if (start + j >= piece.end) continue;
        uint64 key = keys[start + j];
        targets[j] = index_of(key);
        if (targets[j] < 0) continue;
        values[j].load(rows + place_of(key) * width + piece.column, left, wide, 0);
      }
#pragma unroll
      for (int j = 0; j < AT_ONCE; j++) {
        if (targets[j] < 0) continue;
        if (targets[j] != row) {
          finish(false);
          row = targets[j];
          from_before = false;
          sum = {};
        }
#pragma unroll
        for (int k = 0; k < sum.COUNT; k++) sum[k] = fmaf(scale, values[j][k], sum[k]);
      }
    }
    finish(piece.end < count && index_of(keys[piece.end]) == row);
  }
}

/// Adds the sums of rows that more than one piece has, which cajal_scatter_add_rows left: a block
/// for each piece and 128 columns, which does something where such a row begins in the piece.
/// Launch: exactly 256 threads, a block for each piece and 128 columns. No dynamic shared memory.
extern "C" __global__ void __launch_bounds__(256) cajal_add_scattered_parts(
    const uint64 *keys, float *partial, float *table, int64 count, int64 width) {
  constexpr int WARPS = 8;
  __align__(16) __shared__ float sums[WARPS * ScatterPiece::SPAN];
  ScatterPiece piece(blockIdx.x, count, width);
  if (piece.end == count) return;
  int row = index_of(keys[piece.end - 1]);
  if (row < 0 || index_of(keys[piece.end]) != row) return;
  if (index_of(keys[piece.begin]) == row && piece.is_continued(keys)) return;
  // The last piece that begins with the row.
  int64 last = piece.number + 1, beyond = divide_up(count, ScatterPiece::LENGTH);
  while (beyond - last > 1) {
    int64 middle = (last + beyond) / 2;
    if (index_of(keys[middle * ScatterPiece::LENGTH]) == row) {
      last = middle;
    } else {
      beyond = middle;
    }
  }
  int64 left = width - piece.column;
  bool wide = width % 4 == 0 && is_aligned(table) && is_aligned(partial);
  RowValues<1> sum = {};
#pragma unroll 4
  for (int64 i = piece.number + 1 + warp_index(); i <= last; i += WARPS) {
    RowValues<1> value;
    value.load(partial + 2 * i * width + piece.column, left, wide, 0);
#pragma unroll
    for (int k = 0; k < sum.COUNT; k++) sum[k] += value[k];
  }
  store4(
      sums + warp_index() * ScatterPiece::SPAN + sum.column(0),
      make_float4(sum[0], sum[1], sum[2], sum[3]));
  __syncthreads();
  if (warp_index() != 0) return;
  RowValues<1> old, value;
  value.load(piece.last_sum(partial, width), left, wide, 0);
  for (int warp = 0; warp < WARPS; warp++) {
    float4 v = load4(sums + warp * ScatterPiece::SPAN + sum.column(0));
    value[0] += v.x, value[1] += v.y, value[2] += v.z, value[3] += v.w;
  }
  float *target = table + row * width + piece.column;
  old.load(target, left, wide, 0);
#pragma unroll
  for (int k = 0; k < value.COUNT; k++) old[k] += value[k];
  old.store(target, left, wide);
}
