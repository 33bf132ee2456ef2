// Group normalization of pictures `[images, positions, channels]`. Chunks of positions have partial
// results of each channel, `[images, chunks, 2, channels]`, which are reduced in a fixed order.

#include "group_norm.cuh"

/// The mean of each channel over each chunk, and the sum of the squares of the differences from it.
/// Launch: exactly 256 threads, cajal_cuda_group_norm_blocks(...) blocks (fewer also do).
/// `partials` is `[images, cajal_cuda_group_norm_chunks(...), 2, channels]`. No dynamic shared
/// memory.
extern "C" __global__ void __launch_bounds__(256) cajal_group_norm_partials(
    const float *x, float *partials, cajal_cuda_group_norm g) {
  __shared__ float sums[256];
  for (int64 index = blockIdx.x; index < ChannelTile::count(g); index += gridDim.x) {
    ChannelTile tile(g, index);
    float values[ChannelTile::ROUNDS], sum = 0;
#pragma unroll
    for (int i = 0; i < ChannelTile::ROUNDS; i++) {
      values[i] = tile.has(i) ? x[tile.element(i)] : 0;
      sum += values[i];
    }
    float mean = tile.sum(sums, sum) / tile.positions, squares = 0;
#pragma unroll
    for (int i = 0; i < ChannelTile::ROUNDS; i++) {
      float difference = tile.has(i) ? values[i] - mean : 0;
      squares = fmaf(difference, difference, squares);
    }
    squares = tile.sum(sums, squares);
    tile.store(partials, mean, squares);
  }
}

/// The means and inverse deviations of groups, `[images, groups, 2]`, from the chunks' partial
/// results.
/// Launch: exactly 128 threads, images · groups blocks (fewer also do). No dynamic shared memory.
extern "C" __global__ void __launch_bounds__(128) cajal_group_norm_statistics(
    const float *partials, float *statistics, cajal_cuda_group_norm g, float epsilon) {
  int64 width = g.channels / g.groups, chunk = cajal_cuda_group_norm_chunk(g.channels);
  int64 chunks = cajal_cuda_group_norm_chunks(g.positions, g.channels);
  double count = (double)g.positions * (double)width;
  for (int64 index = blockIdx.x; index < g.images * g.groups; index += gridDim.x) {
    int64 image = index / g.groups, first = (index - image * g.groups) * width;
    auto visit = [&](auto body) {
      FOR_EACH_IN_BLOCK(i, chunks * width) {
        int64 number = i / width;
        int64 place = (image * chunks + number) * 2 * g.channels + first + (i - number * width);
        body(
            (double)smaller(chunk, g.positions - number * chunk), (double)partials[place],
            (double)partials[place + g.channels]);
      }
    };
    double sum = 0, squares = 0;
    visit([&](double positions, double mean, double) { sum += positions * mean; });
    double mean = block_reduce<Sum>(sum) / count;
    visit([&](double positions, double part, double part_squares) {
      squares += part_squares + positions * (part - mean) * (part - mean);
    });
    double variance = block_reduce<Sum>(squares) / count;
    if (threadIdx.x == 0) {
      statistics[2 * index] = (float)mean;
      statistics[2 * index + 1] = (float)(1 / sqrt(variance + (double)epsilon));
    }
  }
}

/// `(x - mean) · inverse · scale + bias`; `result` may be `x`.
/// Launch: 256 threads, ceil(elements / 1024) blocks, at most 65536. No shared memory.
extern "C" __global__ void cajal_group_norm(
    const float *x, const float *scale, const float *bias, const float *statistics, float *result,
    cajal_cuda_group_norm g) {
  uint32 width = (uint32)(g.channels / g.groups);
  bool wide = g.channels % 4 == 0 && is_aligned(x) && is_aligned(result);
  auto normal = [&](float v, int64 group, int64 channel) {
    float factor = statistics[2 * group + 1] * scale[channel];
    return fmaf(v - statistics[2 * group], factor, bias[channel]);
  };
  for_each_channel(g, wide, [&](int64 element, int64 image, int64 channel) {
    int64 first = image * g.groups;
    if (!wide) {
      result[element] = normal(x[element], first + (uint32)channel / width, channel);
      return;
    }
    int64 groups[4];
    find_groups(groups, first, channel, width);
    float4 v = load4(x + element);
    store4(
        result + element,
        make_float4(
            normal(v.x, groups[0], channel), normal(v.y, groups[1], channel + 1),
            normal(v.z, groups[2], channel + 2), normal(v.w, groups[3], channel + 3)));
  });
}
