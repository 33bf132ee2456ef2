// What group normalization and its gradient share.
#pragma once

#include "common.cuh"

/// The part of a picture that a block reduces: a chunk of positions of up to 32 neighboring
/// channels. A thread takes one channel of up to ROUNDS positions.
struct ChannelTile {
  static constexpr int ROUNDS = 16;
  int columns, side, first;
  int64 positions, channel, channels, start, partial;
  bool is_inside;

  /// The tiles of all pictures.
  static __device__ int64 count(const cajal_cuda_group_norm &g) {
    return cajal_cuda_group_norm_blocks(g.images, g.positions, g.channels);
  }

  __device__ ChannelTile(const cajal_cuda_group_norm &g, int64 index) {
    columns = (int)cajal_cuda_group_norm_columns(g.channels);
    side = 256 / columns;
    first = (int)threadIdx.x / columns;
    int64 stripes = divide_up(g.channels, columns), chunk = ROUNDS * side;
    int64 chunks = cajal_cuda_group_norm_chunks(g.positions, g.channels);
    int64 rest = index / stripes, image = rest / chunks, number = rest - image * chunks;
    channels = g.channels;
    channel = (index - rest * stripes) * columns + threadIdx.x % columns;
    positions = smaller(chunk, g.positions - number * chunk);
    start = (image * g.positions + number * chunk) * channels + channel;
    partial = rest * 2 * channels + channel;
    is_inside = channel < channels;
  }

  /// The picture's number.
  __device__ int64 image(const cajal_cuda_group_norm &g) const {
    return start / (g.positions * channels);
  }

  /// Whether there is a position number i of this thread.
  __device__ bool has(int i) const { return is_inside && first + i * side < positions; }
  /// Where it is.
  __device__ int64 element(int i) const { return start + (first + i * side) * channels; }

  /// The sum over the threads of this one's channel, in pairs. All threads take part.
  __device__ float sum(float (&sums)[256], float value) const {
    // Nobody may still read what the sum before this one left.
    __syncthreads();
    sums[threadIdx.x] = value;
    for (int half = side / 2; half > 0; half /= 2) {
      __syncthreads();
      if (first < half) sums[threadIdx.x] += sums[threadIdx.x + half * columns];
    }
    __syncthreads();
    return sums[threadIdx.x % columns];
  }

  /// Writes the two results of this thread's channel.
  __device__ void store(float *partials, float a, float b) const {
    if (!is_inside || first != 0) return;
    partials[partial] = a;
    partials[partial + channels] = b;
  }
};

/// The groups of four neighboring channels, of `width` channels each, where those of the picture
/// begin with `first`. Divisions of 32-bit numbers take a fraction of the time.
__device__ inline void find_groups(
    int64 (&groups)[4], int64 first, int64 channel, uint32 width) {
  groups[0] = first + (uint32)channel / width;
  bool is_one = width % 4 == 0;
#pragma unroll
  for (int i = 1; i < 4; i++) {
    groups[i] = is_one ? groups[0] : first + (uint32)(channel + i) / width;
  }
}

/// Calls `body(element, image, channel)` for all elements, or for every fourth one.
template <typename Body>
__device__ inline void for_each_channel(
    const cajal_cuda_group_norm &g, bool every_fourth, Body body) {
  int64 step = every_fourth ? 4 : 1, size = g.positions * g.channels, count = g.images * size;
  FOR_EACH_INDEX(i, count / step) {
    int64 element = i * step;
    // Divisions of 32-bit numbers take a fraction of the time.
    if (count <= 0x7fffffff) {
      uint32 place = (uint32)element;
      body(element, (int64)(place / (uint32)size), (int64)(place % (uint32)g.channels));
    } else {
      body(element, element / size, element % g.channels);
    }
  }
}
