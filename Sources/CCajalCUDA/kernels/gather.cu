// Rows of tables, by indices.

#include "rows.cuh"

/// Looks for indices outside of `lowest ..< end`. `report` is two ints of pinned host memory, 0 at
/// first: the kernel writes only when it finds one, the first one to `report[1]` and 1 to
/// `report[0]`, and never again. So the host reads plain memory whenever it waits for the device
/// anyhow, and also when the device fails: a wrong index makes later kernels read elsewhere.
/// Launch: 1 block of 1024 threads. No dynamic shared memory.
extern "C" __global__ void __launch_bounds__(1024) cajal_require_indices(
    const int *indices, int64 count, int64 lowest, int64 end, int *report) {
  __shared__ int64 firsts[WARP];
  int64 first = count;
#pragma unroll 4
  for (int64 i = threadIdx.x; i < count; i += blockDim.x) {
    if (indices[i] < lowest || indices[i] >= end) first = smaller(first, i);
  }
  for (int distance = WARP / 2; distance > 0; distance /= 2) {
    first = smaller(first, __shfl_xor_sync(ALL_LANES, first, distance));
  }
  if (lane_index() == 0) firsts[warp_index()] = first;
  __syncthreads();
  if (threadIdx.x != 0) return;
  for (int i = 1; i < warp_count(); i++) first = smaller(first, firsts[i]);
  if (first == count || report[0] != 0) return;
  report[1] = indices[first];
  report[0] = 1;
}

/// `result[i, :] = scale · table[indices[i], :]`, rows of `width` elements; zeros for a negative
/// index.
/// Launch: 256 threads, ceil(count · width / 1024) blocks, at most 65536. No shared memory.
extern "C" __global__ void cajal_gather_rows(
    const float *table, const int *indices, float scale, float *result, int64 count,
    int64 width) {
  bool wide = width % 4 == 0 && is_aligned(table) && is_aligned(result);
  int64 step = wide ? 4 : 1, per_row = width / step, total = count * per_row;
  FOR_EACH_INDEX(i, total) {
    // Divisions of 32-bit numbers take a fraction of the time.
    int64 row = total <= 0x7fffffff ? (int64)((uint32)i / (uint32)per_row) : i / per_row;
    int64 column = (i - row * per_row) * step, index = indices[row];
    if (wide) {
      float4 v = make_float4(0, 0, 0, 0);
      if (index >= 0) {
        v = load4(table + index * width + column);
        v = make_float4(scale * v.x, scale * v.y, scale * v.z, scale * v.w);
      }
      store4(result + row * width + column, v);
    } else {
      result[row * width + column] = index < 0 ? 0 : scale * table[index * width + column];
    }
  }
}

/// A warp's sum for the table's row that it is at.
struct RowSum {
  static constexpr int VECTORS = 2, SPAN = 4 * WARP * VECTORS;
  float *table;
  int64 first_column, width;
  bool wide;
  int row = -1;
  RowValues<VECTORS> sum;

  __device__ float *place() const { return table + row * width + first_column; }
  __device__ void load() { sum.load(place(), width - first_column, wide, 0); }
  __device__ void store() const {
    if (row >= 0) sum.store(place(), width - first_column, wide);
  }
};

/// Adds rows to the table, those of a list in order. Rows are loaded some at a time, so that their
/// latencies overlap.
__device__ inline void add_rows(
    const float *rows, const int *indices, float scale, const uint32 *list, int count,
    RowSum &state) {
  constexpr int AT_ONCE = 4;
  for (int start = 0; start < count; start += AT_ONCE) {
    RowValues<RowSum::VECTORS> values[AT_ONCE];
    int targets[AT_ONCE];
#pragma unroll
    for (int j = 0; j < AT_ONCE; j++) {
      targets[j] = -1;
      if (start + j >= count) continue;
      int64 i = list[start + j];
      targets[j] = indices[i];
      values[j].load(
          rows + i * state.width + state.first_column, state.width - state.first_column,
          state.wide, 0);
    }
#pragma unroll
    for (int j = 0; j < AT_ONCE; j++) {
      if (targets[j] < 0) continue;
      if (targets[j] != state.row) {
        state.store();
        state.row = targets[j];
        state.load();
      }
#pragma unroll
      for (int k = 0; k < values[j].COUNT; k++) {
        state.sum[k] = fmaf(scale, values[j][k], state.sum[k]);
      }
    }
  }
}

/// `table[indices[i], :] += scale · rows[i, :]` in ascending order of i, rows of `width` elements;
/// nothing for a negative index. Fewer than 2^32 indices.
///
/// A warp owns the table's rows whose index modulo `owners` is its own, for 256 columns, and visits
/// what is added to them in order: no atomic addition, and a result that depends on neither grid
/// nor owners. Every block reads all indices once, and its warps look only at those of the block's
/// owners; so the cost is count · owners / 8 · ceil(width / 256) reads of indices (from the cache)
/// and one pass over the rows. A row of the table that most indices name is added to by a single
/// warp per 256 columns.
/// Launch: exactly 256 threads, owners / 8 · ceil(width / 256) blocks; owners is a power of two,
/// at least 8: 1024, or less for fewer indices. No dynamic shared memory.
extern "C" __global__ void __launch_bounds__(256) cajal_scatter_add_rows(
    const float *rows, const int *indices, float scale, float *table, int64 count, int64 width,
    int owners) {
  constexpr int WARPS = 8, SHARE = 64, TILE = WARPS * SHARE, PENDING = 32;
  // What the block's owners are to add, in the order of the indices, a part from each warp.
  __shared__ uint32 found[WARPS * SHARE];
  __shared__ int found_owner[WARPS * SHARE], found_count[WARPS];
  // What each warp has still to add.
  __shared__ uint32 pending[WARPS * (PENDING + TILE)];
  int warp = warp_index(), lane = lane_index(), groups = owners / WARPS;
  int group = (int)blockIdx.x % groups;
  uint32 earlier = (1u << lane) - 1;
  uint32 *own = pending + warp * (PENDING + TILE);
  int own_count = 0;
  RowSum state;
  state.table = table;
  state.first_column = (int64)(blockIdx.x / groups) * RowSum::SPAN;
  state.width = width;
  state.wide = width % 4 == 0 && is_aligned(rows) && is_aligned(table);
  for (int64 start = 0; start < count; start += TILE) {
    int found_here = 0;
#pragma unroll
    for (int part = 0; part < SHARE; part += WARP) {
      int64 i = start + warp * SHARE + part + lane;
      int index = i < count ? indices[i] : -1;
      bool is_found = index >= 0 && index / WARPS % groups == group;
      uint32 mask = __ballot_sync(ALL_LANES, is_found);
      if (is_found) {
        int at = warp * SHARE + found_here + __popc(mask & earlier);
        found[at] = (uint32)i;
        found_owner[at] = index % WARPS;
      }
      found_here += __popc(mask);
    }
    if (lane == 0) found_count[warp] = found_here;
    __syncthreads();
    for (int part = 0; part < WARPS; part++) {
      int in_part = found_count[part];
      for (int first = 0; first < in_part; first += WARP) {
        int at = part * SHARE + first + lane;
        bool is_own = first + lane < in_part && found_owner[at] == warp;
        uint32 mask = __ballot_sync(ALL_LANES, is_own);
        if (is_own) own[own_count + __popc(mask & earlier)] = found[at];
        own_count += __popc(mask);
      }
    }
    // Nobody may write the next tile's list while others read this one, nor read a warp's own list
    // before it is written.
    __syncthreads();
    if (own_count >= PENDING) {
      add_rows(rows, indices, scale, own, own_count, state);
      own_count = 0;
    }
  }
  add_rows(rows, indices, scale, own, own_count, state);
  state.store();
}
