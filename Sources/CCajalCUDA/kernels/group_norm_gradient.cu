// The gradients of group normalization. With n the normalized value and h = g · scale:
// `dx = inverse · (h - mean(h) - n · mean(h · n))`, `dscale += Σ g · n`, `dbias += Σ g`.
//
// In five launches: `cajal_group_norm_gradient_partials`; where there is more than one chunk,
// `cajal_reduce_columns` of `[images, chunks, 2 · channels]` to the sums `[images, 2, channels]`;
// `cajal_group_norm_gradient_means`; `cajal_group_norm_gradient`; and `cajal_add_partial_sums` of
// the sums, with count = images and width = channels.

#include "group_norm.cuh"

/// The sums of g · n and of g of each channel over each chunk.
/// Launch: exactly 256 threads, cajal_cuda_group_norm_blocks(...) blocks (fewer also do).
/// `partials` is `[images, cajal_cuda_group_norm_chunks(...), 2, channels]`. No dynamic shared
/// memory.
extern "C" __global__ void __launch_bounds__(256) cajal_group_norm_gradient_partials(
    const float *x, const float *statistics, const float *result_gradient, float *partials,
    cajal_cuda_group_norm g) {
  __shared__ float sums[256];
  int64 width = g.channels / g.groups;
  for (int64 index = blockIdx.x; index < ChannelTile::count(g); index += gridDim.x) {
    ChannelTile tile(g, index);
    float mean = 0, inverse = 0, product = 0, sum = 0;
    if (tile.is_inside) {
      int64 group = tile.image(g) * g.groups + tile.channel / width;
      mean = statistics[2 * group];
      inverse = statistics[2 * group + 1];
    }
#pragma unroll
    for (int i = 0; i < ChannelTile::ROUNDS; i++) {
      if (!tile.has(i)) continue;
      float gradient = result_gradient[tile.element(i)];
      product = fmaf(gradient, (x[tile.element(i)] - mean) * inverse, product);
      sum += gradient;
    }
    product = tile.sum(sums, product);
    sum = tile.sum(sums, sum);
    tile.store(partials, product, sum);
  }
}

/// The means of h and of h · n over each group, `[images, groups, 2]`, from the sums
/// `[images, 2, channels]`.
/// Launch: 128 threads, a warp per group: ceil(images · groups / 4) blocks. No shared memory.
extern "C" __global__ void __launch_bounds__(128) cajal_group_norm_gradient_means(
    const float *sums, const float *scale, float *means, cajal_cuda_group_norm g) {
  int64 width = g.channels / g.groups;
  float count = (float)((double)g.positions * (double)width);
  for (int64 index = grid_index() / WARP; index < g.images * g.groups;
       index += grid_threads() / WARP) {
    int64 image = index / g.groups, first = (index - image * g.groups) * width;
    const float *products = sums + image * 2 * g.channels;
    float sum = 0, product = 0;
    for (int64 channel = first + lane_index(); channel < first + width; channel += WARP) {
      product = fmaf(scale[channel], products[channel], product);
      sum = fmaf(scale[channel], products[g.channels + channel], sum);
    }
    sum = warp_sum(sum);
    product = warp_sum(product);
    if (lane_index() == 0) {
      means[2 * index] = sum / count;
      means[2 * index + 1] = product / count;
    }
  }
}

/// The gradient with respect to the pictures.
/// Launch: 256 threads, ceil(elements / 1024) blocks, at most 65536. No shared memory.
extern "C" __global__ void cajal_group_norm_gradient(
    const float *x, const float *scale, const float *statistics, const float *means,
    const float *result_gradient, float *x_gradient, cajal_cuda_group_norm g) {
  uint32 width = (uint32)(g.channels / g.groups);
  bool wide = g.channels % 4 == 0 && is_aligned(x) && is_aligned(result_gradient) &&
              is_aligned(x_gradient);
  auto slope = [&](float v, float gradient, int64 group, int64 channel) {
    float inverse = statistics[2 * group + 1];
    float normal = (v - statistics[2 * group]) * inverse;
    return inverse *
           (gradient * scale[channel] - means[2 * group] - normal * means[2 * group + 1]);
  };
  for_each_channel(g, wide, [&](int64 element, int64 image, int64 channel) {
    int64 first = image * g.groups;
    if (!wide) {
      x_gradient[element] =
          slope(x[element], result_gradient[element], first + (uint32)channel / width, channel);
      return;
    }
    int64 groups[4];
    find_groups(groups, first, channel, width);
    float4 v = load4(x + element), d = load4(result_gradient + element);
    store4(
        x_gradient + element,
        make_float4(
            slope(v.x, d.x, groups[0], channel), slope(v.y, d.y, groups[1], channel + 1),
            slope(v.z, d.z, groups[2], channel + 2), slope(v.w, d.w, groups[3], channel + 3)));
  });
}
