// Blocks of positions of pictures: sums of each, and repetitions.

#include "common.cuh"

/// Where an element is among the channels of rows and columns of pictures.
struct Place {
  int64 row, column, channel;
};

/// The place of element `index` of `[rows, columns, channels]`; `small` allows 32-bit divisions,
/// which take a fraction of the time.
__device__ inline Place place_of(int64 index, int64 columns, int64 channels, bool small) {
  if (small) {
    uint32 position = (uint32)index / (uint32)channels, row = position / (uint32)columns;
    return {
        (int64)row, (int64)(position - row * (uint32)columns),
        index - (int64)position * channels};
  }
  int64 position = index / channels, row = position / columns;
  return {row, position - row * columns, index - position * channels};
}

/// `scale` times the sum of each block of `factor` by `factor` positions:
/// `[images, rows, columns, channels]`.
/// Launch: 256 threads, ceil(elements of the result / 256) blocks, at most 65536. No shared memory.
extern "C" __global__ void cajal_sum_blocks(
    const float *x, float scale, float *result, cajal_cuda_blocks g) {
  bool wide = g.channels % 4 == 0 && is_aligned(x) && is_aligned(result);
  int64 step = wide ? 4 : 1, count = g.images * g.rows * g.columns * g.channels;
  int64 width = g.columns * g.factor * g.channels;
  FOR_EACH_INDEX(i, count / step) {
    Place place = place_of(i * step, g.columns, g.channels, count <= 0x7fffffff);
    const float *block =
        x + place.row * g.factor * width + place.column * g.factor * g.channels + place.channel;
    float4 sum = make_float4(0, 0, 0, 0);
    for (int64 row = 0; row < g.factor; row++) {
      const float *position = block + row * width;
      for (int64 column = 0; column < g.factor; column++, position += g.channels) {
        if (!wide) {
          sum.x += *position;
          continue;
        }
        float4 v = load4(position);
        sum = make_float4(sum.x + v.x, sum.y + v.y, sum.z + v.z, sum.w + v.w);
      }
    }
    if (wide) {
      store4(
          result + 4 * i,
          make_float4(scale * sum.x, scale * sum.y, scale * sum.z, scale * sum.w));
    } else {
      result[i] = scale * sum.x;
    }
  }
}

/// `scale` times each position at every position of its block of `factor` by `factor`.
/// Launch: 256 threads, ceil(elements of the result / 1024) blocks, at most 65536. No shared
/// memory.
extern "C" __global__ void cajal_repeat_blocks(
    const float *x, float scale, float *result, cajal_cuda_blocks g) {
  bool wide = g.channels % 4 == 0 && is_aligned(x) && is_aligned(result);
  int64 step = wide ? 4 : 1, columns = g.columns * g.factor;
  int64 count = g.images * g.rows * g.factor * columns * g.channels;
  FOR_EACH_INDEX(i, count / step) {
    Place place = place_of(i * step, columns, g.channels, count <= 0x7fffffff);
    int64 row = (uint32)place.row / (uint32)g.factor;
    int64 column = (uint32)place.column / (uint32)g.factor;
    const float *position = x + (row * g.columns + column) * g.channels + place.channel;
    if (wide) {
      float4 v = load4(position);
      store4(
          result + 4 * i, make_float4(scale * v.x, scale * v.y, scale * v.z, scale * v.w));
    } else {
      result[i] = scale * *position;
    }
  }
}
