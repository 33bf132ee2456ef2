// Convolutions whose groups have few channels, such as one of each (depthwise): there is nothing to
// share between results, so that each thread has one.

#include "common.cuh"

// All three kernels: Backend.convolution and its gradients, where resultChannels / groups and
// channels / groups are both less than 16 and groups are more than 1. Nothing is launched for an
// empty result or empty pictures.

/// `bias` may be null.
/// Grid: x = ceil(elements of the result / 256), or fewer. Block: 256. Dynamic shared bytes: 0.
extern "C" __global__ void cajal_convolution_few_channels(
    const float *x, const float *kernel, const float *bias, float *result,
    cajal_cuda_convolution convolution) {
  const cajal_cuda_convolution &c = convolution;
  int group_channels = c.channels / c.groups, group_results = c.result_channels / c.groups;
  int64 count = (int64)c.images * c.rows.result * c.columns.result * c.result_channels;
  FOR_EACH_INDEX(index, count) {
    int position = (int)(index / c.result_channels);
    int channel = (int)(index - (int64)position * c.result_channels);
    int line = position / c.columns.result, at = position - line * c.columns.result;
    int image = line / c.rows.result, row = line - image * c.rows.result;
    const float *source = x + channel / group_results * group_channels;
    float sum = bias != nullptr ? bias[channel] : 0;
    for (int i = 0; i < c.rows.kernel; i++) {
      int y = row * c.rows.stride + i - c.rows.before;
      if (y < 0 || y >= c.rows.extent) continue;
      for (int j = 0; j < c.columns.kernel; j++) {
        int z = at * c.columns.stride + j - c.columns.before;
        if (z < 0 || z >= c.columns.extent) continue;
        int64 place = ((int64)image * c.rows.extent + y) * c.columns.extent + z;
        int64 tap = (int64)(i * c.columns.kernel + j) * group_channels;
        for (int inner = 0; inner < group_channels; inner++) {
          sum += source[place * c.channels + inner]
              * kernel[(tap + inner) * c.result_channels + channel];
        }
      }
    }
    result[index] = c.relu != 0 && sum < 0 ? 0 : sum;
  }
}

/// Grid: x = ceil(elements of the pictures / 256), or fewer. Block: 256. Dynamic shared bytes: 0.
extern "C" __global__ void cajal_convolution_input_gradient_few_channels(
    const float *result_gradient, const float *kernel, float *x_gradient,
    cajal_cuda_convolution convolution) {
  const cajal_cuda_convolution &c = convolution;
  int group_channels = c.channels / c.groups, group_results = c.result_channels / c.groups;
  int64 count = (int64)c.images * c.rows.extent * c.columns.extent * c.channels;
  FOR_EACH_INDEX(index, count) {
    int position = (int)(index / c.channels);
    int channel = (int)(index - (int64)position * c.channels);
    int line = position / c.columns.extent, at = position - line * c.columns.extent;
    int image = line / c.rows.extent, row = line - image * c.rows.extent;
    int group = channel / group_channels, inner = channel - group * group_channels;
    float sum = 0;
    // Only taps that are a multiple of the stride from a position of the result.
    for (int i = (row + c.rows.before) % c.rows.stride; i < c.rows.kernel; i += c.rows.stride) {
      int y = (row + c.rows.before - i) / c.rows.stride;
      if (row + c.rows.before < i || y >= c.rows.result) continue;
      for (int j = (at + c.columns.before) % c.columns.stride; j < c.columns.kernel;
           j += c.columns.stride) {
        int z = (at + c.columns.before - j) / c.columns.stride;
        if (at + c.columns.before < j || z >= c.columns.result) continue;
        int64 place = ((int64)image * c.rows.result + y) * c.columns.result + z;
        int64 tap = (int64)(i * c.columns.kernel + j) * group_channels + inner;
        int first = group * group_results;
        for (int channel = first; channel < first + group_results; channel++) {
          sum += result_gradient[place * c.result_channels + channel]
              * kernel[tap * c.result_channels + channel];
        }
      }
    }
    x_gradient[index] = c.accumulates != 0 ? x_gradient[index] + sum : sum;
  }
}

/// A block has one row of the kernel, a tap and a channel of a group, and 32 of the result's
/// channels: a lane has a channel, a warp every eighth position.
///
/// With one part the sums are added to `kernel_gradient`. Else `kernel_gradient` is memory for
/// `[parts, taps * channels / groups, resultChannels]`, and cajal_sum_parts follows, with batch 1,
/// and accumulates. By shape alone: the fewest parts that make 512 blocks, each of at least 256
/// positions; `positions_per_part` may be any number here. With one part it is all positions.
///
/// Grid: x = ceil(resultChannels / 32) * taps * channels / groups, y = 1, z = parts, at most 65535.
/// Block: 256. Dynamic shared bytes: 0.
extern "C" __global__ void cajal_convolution_kernel_gradient_few_channels(
    const float *x, const float *result_gradient, float *kernel_gradient,
    cajal_cuda_convolution convolution) {
  __shared__ float sums[8][WARP];
  const cajal_cuda_convolution &c = convolution;
  int group_channels = c.channels / c.groups, group_results = c.result_channels / c.groups;
  int rows = c.rows.kernel * c.columns.kernel * group_channels;
  int row = (int)blockIdx.x % rows, tap = row / group_channels;
  int i = tap / c.columns.kernel, j = tap - i * c.columns.kernel;
  int channel = (int)blockIdx.x / rows * WARP + lane_index();
  bool exists = channel < c.result_channels;
  int source = channel / group_results * group_channels + row - tap * group_channels;
  int start = (int)blockIdx.z * c.positions_per_part;
  int end = smaller(c.images * c.rows.result * c.columns.result, start + c.positions_per_part);
  float sum = 0;
  for (int position = start + warp_index(); exists && position < end; position += 8) {
    int line = position / c.columns.result, at = position - line * c.columns.result;
    int image = line / c.rows.result;
    int y = (line - image * c.rows.result) * c.rows.stride + i - c.rows.before;
    int z = at * c.columns.stride + j - c.columns.before;
    if (y < 0 || y >= c.rows.extent || z < 0 || z >= c.columns.extent) continue;
    int64 place = ((int64)image * c.rows.extent + y) * c.columns.extent + z;
    sum += result_gradient[(int64)position * c.result_channels + channel]
        * x[place * c.channels + source];
  }
  sums[warp_index()][lane_index()] = sum;
  __syncthreads();
  if (warp_index() != 0 || !exists) return;
  for (int warp = 1; warp < 8; warp++) sum += sums[warp][lane_index()];
  int64 element = (int64)row * c.result_channels + channel;
  if (c.parts == 1) {
    kernel_gradient[element] += sum;
  } else {
    kernel_gradient[(int64)blockIdx.z * rows * c.result_channels + element] = sum;
  }
}
