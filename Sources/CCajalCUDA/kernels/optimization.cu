// Steps of optimizers over whole parameter buffers, and the sum of squares that clipping needs.

#include "common.cuh"

/// The sum of squares of each block's share. Squares of floats are exact in double, and neither
/// overflow nor vanish.
/// Launch: exactly 256 threads, cajal_cuda_sum_of_squares_blocks(count) blocks, which the order of
/// the sum depends on. `partials` has a double per block. No dynamic shared memory.
extern "C" __global__ void __launch_bounds__(256) cajal_sum_of_squares(
    const float *x, double *partials, int64 count) {
  double a = 0, b = 0, c = 0, d = 0;
  int64 fours = count / 4, rest = count - 4 * fours;
  bool wide = is_aligned(x);
  FOR_EACH_INDEX(i, fours) {
    const float *place = x + 4 * i;
    float4 v = wide ? load4(place) : make_float4(place[0], place[1], place[2], place[3]);
    a += (double)v.x * v.x;
    b += (double)v.y * v.y;
    c += (double)v.z * v.z;
    d += (double)v.w * v.w;
  }
  FOR_EACH_INDEX(i, rest) { a += (double)x[4 * fours + i] * x[4 * fours + i]; }
  double sum = block_reduce<Sum>((a + b) + (c + d));
  if (threadIdx.x == 0) partials[blockIdx.x] = sum;
}

/// The sum of `count` doubles.
/// Launch: 1 block of exactly 256 threads. No dynamic shared memory.
extern "C" __global__ void __launch_bounds__(256) cajal_sum_doubles(
    const double *partials, double *result, int64 count) {
  double sum = 0;
  FOR_EACH_IN_BLOCK(i, count) sum += partials[i];
  sum = block_reduce<Sum>(sum);
  if (threadIdx.x == 0) *result = sum;
}

/// What gradients are multiplied with: `scale`, less where their norm would exceed a positive
/// `clip_norm`, and NaN where the norm is not finite.
/// Launch: 1 block of 1 thread. No shared memory.
extern "C" __global__ void cajal_clipped_scale(
    const double *sum_of_squares, double scale, double clip_norm, float *result) {
  double norm = (scale < 0 ? -scale : scale) * sqrt(*sum_of_squares);
  double clipped = clip_norm > 0 ? scale * (clip_norm / (norm > clip_norm ? norm : clip_norm))
                                 : scale;
  *result = norm - norm == 0 ? (float)clipped : __uint_as_float(0x7fc00000u);
}

/// Whether an element decays, for elements that mostly follow each other.
struct Decay {
  int64 first, end;
  bool applies;

  /// As yet of no element.
  __device__ Decay() : first(0), end(0), applies(false) {}

  __device__ bool of(int64 element, const cajal_cuda_decayed &decayed) {
    if (element >= first && element < end) return applies;
    int low = 0, high = decayed.count;
    while (low < high) {
      int middle = (low + high) / 2;
      if (decayed.ends[middle] <= element) low = middle + 1;
      else high = middle;
    }
    first = low > 0 ? decayed.ends[low - 1] : 0;
    end = low < decayed.count ? decayed.ends[low] : 0x7fffffffffffffffll;
    applies = low % 2 == 1;
    return applies;
  }
};

/// Calls `step` with four elements of each of `BUFFERS` buffers, which it changes, or with single
/// ones where a buffer allows no 16-byte accesses, and their number. Buffer 0 is not stored.
template <int BUFFERS, typename Step>
__device__ inline void for_each_element(float *const (&buffers)[BUFFERS], int64 count, Step step) {
  bool wide = true;
#pragma unroll
  for (int b = 0; b < BUFFERS; b++) wide = wide && is_aligned(buffers[b]);
  int64 vectors = wide ? count / 4 : 0;
  FOR_EACH_INDEX(i, vectors) {
    float4 fours[BUFFERS];
#pragma unroll
    for (int b = 0; b < BUFFERS; b++) fours[b] = load4(buffers[b] + 4 * i);
    float values[4][BUFFERS];
#pragma unroll
    for (int b = 0; b < BUFFERS; b++) {
      values[0][b] = fours[b].x;
      values[1][b] = fours[b].y;
      values[2][b] = fours[b].z;
      values[3][b] = fours[b].w;
    }
#pragma unroll
    for (int j = 0; j < 4; j++) step(values[j], 4 * i + j);
#pragma unroll
    for (int b = 1; b < BUFFERS; b++) {
      store4(
          buffers[b] + 4 * i,
          make_float4(values[0][b], values[1][b], values[2][b], values[3][b]));
    }
  }
  FOR_EACH_INDEX(i, count - 4 * vectors) {
    int64 element = 4 * vectors + i;
    float values[BUFFERS];
#pragma unroll
    for (int b = 0; b < BUFFERS; b++) values[b] = buffers[b][element];
    step(values, element);
#pragma unroll
    for (int b = 1; b < BUFFERS; b++) buffers[b][element] = values[b];
  }
}

/// One step of Adam or AdamW; see AdamStep. Gradients are also multiplied with `factor`, which may
/// be null; where it is NaN, nothing is done.
/// Launch: 256 threads, ceil(count / 1024) blocks, at most 65536. No shared memory.
extern "C" __global__ void cajal_adam(
    float *parameters, float *gradients, float *first_moments, float *second_moments,
    cajal_cuda_adam s, const float *factor, cajal_cuda_decayed decayed, int64 count) {
  float scale = factor != nullptr ? s.gradient_scale * *factor : s.gradient_scale;
  if (scale != scale) return;
  float *const buffers[4] = {gradients, parameters, first_moments, second_moments};
  Decay decay;
  for_each_element(buffers, count, [&](float (&v)[4], int64 element) {
    float g = v[0] * scale, w = v[1];
    v[2] = fmaf(v[2], s.beta1, g * (1 - s.beta1));
    v[3] = fmaf(v[3], s.beta2, g * g * (1 - s.beta2));
    float lost = decay.of(element, decayed) ? w * s.decay : 0;
    v[1] = w - fmaf(v[2] / (sqrtf(v[3]) + s.epsilon), s.step_size, lost);
  });
}

/// `momenta = momentum · momenta + gradient_scale · gradients` and
/// `parameters -= learning_rate · update`; see Backend.momentum. With a factor as for Adam.
/// Launch: 256 threads, ceil(count / 1024) blocks, at most 65536. No shared memory.
extern "C" __global__ void cajal_momentum(
    float *parameters, float *gradients, float *momenta, float learning_rate, float momentum,
    float gradient_scale, int nesterov, const float *factor, int64 count) {
  float scale = factor != nullptr ? gradient_scale * *factor : gradient_scale;
  if (scale != scale) return;
  float *const buffers[3] = {gradients, parameters, momenta};
  for_each_element(buffers, count, [=](float (&v)[3], int64) {
    float g = scale * v[0];
    v[2] = fmaf(momentum, v[2], g);
    v[1] -= learning_rate * (nesterov != 0 ? fmaf(momentum, v[2], g) : v[2]);
  });
}

/// `average += (1 - decay) · (x - average)`
/// Launch: 256 threads, ceil(count / 1024) blocks, at most 65536. No shared memory.
extern "C" __global__ void cajal_moving_average(
    float *x, float *average, float decay, int64 count) {
  float *const buffers[2] = {x, average};
  for_each_element(buffers, count, [=](float (&v)[2], int64) {
    v[1] = fmaf(1 - decay, v[0] - v[1], v[1]);
  });
}
