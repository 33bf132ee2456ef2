// What is known of pixels before they are decoded; see CausalContextGeometry.

#include "common.cuh"

/// What is left of the sum of the block of the pixel at (y, x) for channel c: in double and in
/// raster order, so that it has the CPU's bits.
__device__ inline double context_left(
    const float *targets, const float *means, const float *inputs,
    const cajal_cuda_causal_context &g, int64 image, int64 y, int64 x, int64 c) {
  int64 top = y - y % g.ratio, left = x - x % g.ratio;
  int64 input =
      (image * (g.rows / g.ratio) + y / g.ratio) * (g.columns / g.ratio) + x / g.ratio;
  double base = inputs[input * g.channels + c], sum = 0.5 * (double)(g.ratio * g.ratio - 1);
  for (int64 row = top; row < top + g.ratio; row++) {
    for (int64 column = left; column < left + g.ratio; column++) {
      int64 at = ((image * g.rows + row) * g.columns + column) * g.channels + c;
      bool is_earlier = row < y || (row == y && column < x);
      sum += base - (double)(is_earlier ? targets[at] : means[at]);
    }
  }
  return sum;
}

/// The rows of `count` pixels, `[count, width]`; `inputs` is null where the ratio is 0. Neighbors are
/// those of `shown`, which may be the targets.
/// Launch: 128 threads, a warp per pixel: ceil(count / 4) blocks, at most 65536. No shared memory.
extern "C" __global__ void __launch_bounds__(128) cajal_causal_context(
    const float *targets, const float *shown, const float *means, const float *inputs,
    const int *pixels, float *result, int64 count, cajal_cuda_causal_context g) {
  constexpr int RADIUS = 3, SIDE = 2 * RADIUS + 1, NEIGHBORS = 2 * RADIUS * (RADIUS + 1);
  constexpr float RESIDUAL_SCALE = 1.0f / 16;
  int channels = (int)g.channels;
  int width = NEIGHBORS * (channels + 1) + channels * (inputs == nullptr ? 1 : 3);
  for (int64 i = grid_index() / WARP; i < count; i += grid_threads() / WARP) {
    int64 pixel = pixels[i], image = pixel / (g.rows * g.columns);
    int64 place = pixel - image * g.rows * g.columns, y = place / g.columns;
    int64 x = place - y * g.columns;
    float *row = result + i * width;
    // Residuals, then which neighbors there are.
    for (int j = lane_index(); j < NEIGHBORS * (channels + 1); j += WARP) {
      bool is_mask = j >= NEIGHBORS * channels;
      int neighbor = is_mask ? j - NEIGHBORS * channels : j / channels;
      int dy = neighbor / SIDE - RADIUS, dx = neighbor % SIDE - RADIUS;
      bool is_inside = y + dy >= 0 && x + dx >= 0 && x + dx < g.columns;
      float value = is_inside ? 1 : 0;
      if (!is_mask && is_inside) {
        int64 at = (pixel + dy * g.columns + dx) * channels + j % channels;
        value = (shown[at] - means[at]) * RESIDUAL_SCALE;
      }
      row[j] = value;
    }
    int c = lane_index();
    if (c >= channels) continue;
    row += NEIGHBORS * (channels + 1) + c;
    float mean = means[pixel * channels + c] / 128 - 1;
    if (inputs == nullptr) {
      row[0] = mean;
    } else {
      double left = context_left(targets, means, inputs, g, image, y, x, c);
      int64 size = g.ratio * g.ratio, before = y % g.ratio * g.ratio + x % g.ratio;
      row[0] = (float)(left / (double)(size - before)) * RESIDUAL_SCALE;
      row[channels] = mean;
      row[2 * channels] = (float)(left / (double)(4 * size));
    }
  }
}
