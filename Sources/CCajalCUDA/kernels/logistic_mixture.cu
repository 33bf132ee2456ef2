// The likelihood of a mixture of discretized logistics and its gradient, in one pass over the
// parameters; see LogisticMixtureGeometry.

#include "common.cuh"

/// The log-probability of a bin, and its derivatives by the distance of the bin's center from the
/// mean and by the logarithm of the scale.
struct BinProbability {
  float logarithm, by_distance, by_log_scale;
};

/// The bin of width 1 / unit around a distance. The first and the last value have the whole tail.
__device__ inline BinProbability bin_probability(
    const cajal_cuda_logistic_mixture &m, float distance, float log_scale, bool first, bool last) {
  float inverse = expf(-log_scale), half = 0.5f / m.unit;
  float upper = (distance + half) * inverse, lower = (distance - half) * inverse;
  float upper_exp = expf(-fabsf(upper)), lower_exp = expf(-fabsf(lower));
  float a = 1 + upper_exp, b = 1 + lower_exp, quotient = 1 / (a * b);
  bool inner = !first && !last;
  // ln(1 - e⁻ʷ) for the width w in scales; below 1 as ln w plus a series, without cancellation.
  float w = 2 * half * inverse, w_exp = expf(-w), square = w * w;
  bool narrow = w < 1;
  float series = fmaf(-1.0f / 9676800, square, 1.0f / 181440);
  series = fmaf(series, square, -1.0f / 2880);
  series = fmaf(series, square, 1.0f / 24);
  series = fmaf(series, square, -half * inverse) - m.log_unit - log_scale;
  // The factors of 1 / (1 + e^-|x|) of both edges and the width in one logarithm.
  float factor = inner ? (narrow ? quotient : (1 - w_exp) * quotient)
                       : (first ? b : a) * quotient;
  float linear =
      (last || upper >= 0 ? 0 : upper) - (first || lower <= 0 ? 0 : lower);
  float result = linear + (inner && narrow ? series : 0) + logf(factor);
  // 1 - cdf(upper) and cdf(lower).
  float above = last ? 0 : (upper < 0 ? 1 : upper_exp) * b * quotient;
  float below = first ? 0 : (lower < 0 ? lower_exp : 1) * a * quotient;
  // w / (eʷ - 1)
  float shrink = fmaf(-1.0f / 1209600, square, 1.0f / 30240);
  shrink = fmaf(shrink, square, -1.0f / 720);
  shrink = fmaf(shrink, square, 1.0f / 12);
  shrink = fmaf(shrink, square, 1 - 0.5f * w);
  shrink = narrow ? shrink : w * w_exp / (1 - w_exp);
  float by_log_scale = below * lower - above * upper - (inner ? shrink : 0);
  // ln 1e-5
  if (m.density_below != 0 && inner && !(result > -11.512925f)) {
    float x = distance * inverse, e = expf(-fabsf(x));
    float slope = (x < 0 ? 1 : -1) * (1 - e) / (1 + e);
    return {
        -fabsf(x) - 2 * logf(1 + e) - log_scale - m.log_unit, inverse * slope, -1 - x * slope};
  }
  return {result, inverse * (above - below), by_log_scale};
}

/// A pixel: values minus locations in units, and whether they are the first or the last ones.
struct Pixel {
  static constexpr int CHANNELS = 3;
  float residuals[CHANNELS];
  bool first[CHANNELS], last[CHANNELS];
};

/// The log-probability of a pixel under component k. Parameters in `p`, but for the logit, become
/// derivatives of it by them.
__device__ inline float component_log_probability(
    const cajal_cuda_logistic_mixture &m, const Pixel &pixel, float *p, int k) {
  float *means = p + m.mean + k * m.mean_step, *scales = p + m.log_scale + k * m.log_scale_step;
  float *slopes = p + m.slope + k * m.slope_step, sum = 0;
#pragma unroll
  for (int c = 0; c < Pixel::CHANNELS; c++) {
    if (c >= m.channels) continue;
    float coefficients[Pixel::CHANNELS], mean = means[c], raw = scales[c];
#pragma unroll
    for (int j = 0; j < c; j++) {
      coefficients[j] = tanhf(slopes[c * (c - 1) / 2 + j]);
      mean = fmaf(coefficients[j], pixel.residuals[j], mean);
    }
    float log_scale = raw < m.minimum_log_scale   ? m.minimum_log_scale
                      : raw > m.maximum_log_scale ? m.maximum_log_scale
                                                  : raw;
    BinProbability bin = bin_probability(
        m, pixel.residuals[c] - mean, log_scale, pixel.first[c], pixel.last[c]);
    sum += bin.logarithm;
    means[c] = -bin.by_distance;
    scales[c] = raw == log_scale ? bin.by_log_scale : 0;
#pragma unroll
    for (int j = 0; j < c; j++) {
      slopes[c * (c - 1) / 2 + j] =
          -bin.by_distance * pixel.residuals[j] * (1 - coefficients[j] * coefficients[j]);
    }
  }
  return sum;
}

/// Reduces over `lanes` neighboring lanes. The whole warp takes part.
template <typename Operation>
__device__ inline float lanes_reduce(float value, int lanes) {
  for (int distance = lanes / 2; distance > 0; distance /= 2) {
    value = Operation::combine(value, __shfl_xor_sync(ALL_LANES, value, distance));
  }
  return value;
}

/// The losses of `rows` pixels from `parameters` `[rows, width]`, `values` and `locations`
/// `[rows, channels]`, and, unless `gradient` is null, the gradient of each with respect to its
/// parameters. `gradient` may be `parameters`.
///
/// A pixel has cajal_cuda_mixture_lanes(components) lanes, and a lane every so many components.
/// Parameters are read to shared memory and the gradient is written from there, both in order.
/// Launch: 128 threads (32 where a warp takes more than 12 KB), a warp for every 32 / lanes pixels,
/// at most 65536 blocks; warps of a block · cajal_cuda_mixture_shared_bytes(components, width) of
/// dynamic shared memory.
extern "C" __global__ void __launch_bounds__(128) cajal_logistic_mixture(
    const float *parameters, const int *values, const float *locations, float *losses,
    float *gradient, int64 rows, cajal_cuda_logistic_mixture m) {
  DYNAMIC_SHARED(float, shared);
  int lanes = cajal_cuda_mixture_lanes(m.components), pixels = WARP / lanes;
  int lane = lane_index() % lanes, number = lane_index() / lanes;
  float *staged = shared + warp_index() * pixels * (m.width + m.components);
  float *p = staged + number * m.width;
  float *joints = staged + pixels * m.width + number * m.components;
  int64 step = grid_threads() / WARP * pixels;
  for (int64 start = grid_index() / WARP * pixels; start < rows; start += step) {
    int count = (int)smaller((int64)pixels, rows - start) * m.width;
    for (int i = lane_index(); i < count; i += WARP) {
      staged[i] = parameters[start * m.width + i];
    }
    // Lanes beyond the last pixel compute with it, on parameters of their own.
    for (int i = count + lane_index(); i < pixels * m.width; i += WARP) staged[i] = 0;
    int64 row = start + number, known = smaller(row, rows - 1);
    Pixel pixel;
#pragma unroll
    for (int c = 0; c < Pixel::CHANNELS; c++) {
      if (c >= m.channels) continue;
      int value = values[known * m.channels + c];
      pixel.residuals[c] = ((float)value - locations[known * m.channels + c]) / m.unit;
      pixel.first[c] = value == 0;
      pixel.last[c] = value == m.last_value;
    }
    __syncwarp();
    float largest_logit = -CAJAL_INFINITY, largest_joint = -CAJAL_INFINITY;
    for (int k = lane; k < m.components; k += lanes) {
      float logit = p[k * m.logit_step];
      float joint = logit + component_log_probability(m, pixel, p, k);
      joints[k] = joint;
      largest_logit = maximum(largest_logit, logit);
      largest_joint = maximum(largest_joint, joint);
    }
    largest_logit = lanes_reduce<Maximum>(largest_logit, lanes);
    largest_joint = lanes_reduce<Maximum>(largest_joint, lanes);
    float logit_sum = 0, joint_sum = 0;
    for (int k = lane; k < m.components; k += lanes) {
      float prior = expf(p[k * m.logit_step] - largest_logit);
      float joint = expf(joints[k] - largest_joint);
      p[k * m.logit_step] = prior;
      joints[k] = joint;
      logit_sum += prior;
      joint_sum += joint;
    }
    logit_sum = lanes_reduce<Sum>(logit_sum, lanes);
    joint_sum = lanes_reduce<Sum>(joint_sum, lanes);
    if (lane == 0 && row < rows) {
      losses[row] = largest_logit - largest_joint + logf(logit_sum / joint_sum);
    }
    if (gradient != nullptr) {
      float prior_scale = 1 / logit_sum, joint_scale = 1 / joint_sum;
      for (int k = lane; k < m.components; k += lanes) {
        float posterior = joints[k] * joint_scale;
        p[k * m.logit_step] = p[k * m.logit_step] * prior_scale - posterior;
        for (int c = 0; c < m.channels; c++) {
          p[m.mean + k * m.mean_step + c] *= -posterior;
          p[m.log_scale + k * m.log_scale_step + c] *= -posterior;
        }
        for (int i = 0; i < m.channels * (m.channels - 1) / 2; i++) {
          p[m.slope + k * m.slope_step + i] *= -posterior;
        }
      }
      __syncwarp();
      for (int i = lane_index(); i < count; i += WARP) {
        gradient[start * m.width + i] = staged[i];
      }
    }
    // Nobody may write the next pixels' parameters while others read these.
    __syncwarp();
  }
}
