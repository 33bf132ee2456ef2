// The tiles of a plan that a block of attention on tensor cores meets, one after another.
#pragma once

#include "async_copy.cuh"

/// The tiles that a block meets, in ascending order: those of any of its own `COUNT` tiles.
template <int COUNT>
struct TileWalk {
  static constexpr int ABSENT = -2;

  struct Entry {
    /// -1 at the end.
    int tile;
    /// For each of the block's tiles the number of the mask, -1 where it is met whole, or `ABSENT`.
    int masks[COUNT];
    /// That of the tile that this thread's warp is part of.
    int own_mask;

    __device__ bool exists() const { return tile >= 0; }
  };

  /// From the block's tile `first` of `tiles` on, whose entries begin at `starts`.
  __device__ TileWalk(const int *starts, const int *entries, int64 first, int64 tiles)
      : entries(entries) {
#pragma unroll
    for (int i = 0; i < COUNT; i++) {
      bool exists = first + i < tiles;
      next_entry[i] = exists ? starts[first + i] : 0;
      end[i] = exists ? starts[first + i + 1] : 0;
    }
  }

  __device__ Entry next() {
    constexpr int none = 0x7fffffff;
    Entry entry;
    int ahead[COUNT], tile = none;
#pragma unroll
    for (int i = 0; i < COUNT; i++) {
      ahead[i] = next_entry[i] < end[i] ? entries[2 * next_entry[i]] : none;
      tile = smaller(tile, ahead[i]);
    }
#pragma unroll
    for (int i = 0; i < COUNT; i++) {
      bool is_met = tile != none && ahead[i] == tile;
      int mask = is_met ? entries[2 * next_entry[i] + 1] : ABSENT;
      next_entry[i] += is_met ? 1 : 0;
      entry.masks[i] = mask;
      if (i == 0 || warp_index() * COUNT / 4 == i) entry.own_mask = mask;
    }
    entry.tile = tile == none ? -1 : tile;
    return entry;
  }

 private:
  const int *entries;
  int next_entry[COUNT], end[COUNT];
};

/// Does work for each tile that a block meets. `copy` begins to copy one to a stage's place, which
/// it is in when `work` is called; with two stages while the tile before is worked on.
template <int STAGES, typename Walk, typename Copy, typename Work>
__device__ inline void for_each_tile(Walk walk, Copy copy, Work work) {
  typename Walk::Entry entry = walk.next();
  if (STAGES == 2 && entry.exists()) copy(entry, 0);
  for (int stage = 0; entry.exists(); stage = STAGES - 1 - stage) {
    if (STAGES == 1) {
      // Nobody may still read what was there.
      __syncthreads();
      copy(entry, 0);
    }
    typename Walk::Entry ahead = walk.next();
    wait_for_copies();
    __syncthreads();
    if (STAGES == 2 && ahead.exists()) copy(ahead, 1 - stage);
    work(entry, stage);
    entry = ahead;
  }
}
