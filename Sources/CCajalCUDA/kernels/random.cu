// Random numbers and dropout. A thread takes a block of Philox, which is four neighbors.

#include "common.cuh"

/// Writes four neighbors of `count` elements, as far as there are so many.
__device__ inline void store_block(float *result, int64 block, int64 count, float4 value) {
  float *place = result + 4 * block;
  if (4 * block + 4 <= count && is_aligned(result)) {
    store4(place, value);
    return;
  }
  int64 rest = count - 4 * block;
  place[0] = value.x;
  if (rest > 1) place[1] = value.y;
  if (rest > 2) place[2] = value.z;
  if (rest > 3) place[3] = value.w;
}

/// Four neighbors of `count` elements, and 0 where there are not so many. `wide` says that 16-byte
/// accesses are possible.
__device__ inline float4 load_block(const float *x, int64 block, int64 count, bool wide) {
  const float *place = x + 4 * block;
  int64 rest = count - 4 * block;
  if (wide && rest >= 4) return load4(place);
  return make_float4(
      place[0], rest > 1 ? place[1] : 0, rest > 2 ? place[2] : 0, rest > 3 ? place[3] : 0);
}

/// Numbers in [low, high): the bits of the CPU's. `largest` is `high.nextDown`.
/// Launch: 256 threads, ceil(count / 1024) blocks, at most 65536. No shared memory.
extern "C" __global__ void cajal_random_uniform(
    cajal_cuda_random_key key, float low, float high, float largest, float *result,
    int64 count) {
  float range = high - low;
  auto number = [=](uint32 word) {
    // Rounded after the product, as on the CPU.
    float x = __fadd_rn(low, __fmul_rn(philox_uniform(word), range));
    return x < largest ? x : largest;
  };
  FOR_EACH_INDEX(block, divide_up(count, 4)) {
    uint4 words = philox(key, (uint32)block);
    store_block(
        result, block, count,
        make_float4(number(words.x), number(words.y), number(words.z), number(words.w)));
  }
}

/// Two normal numbers of two words: `√(-2 ln u₁)` times the cosine and the sine of `2π u₂`, where
/// u₁ = (first + 1) / 2^32 and u₂ = second / 2^32. Words are brought near 0 as integers, since a
/// float holds 24 of their bits.
__device__ inline float2 normal_pair(uint32 first, uint32 second) {
  float log_u = first < 0x80000000u ? logf(((float)first + 1) * 0x1p-32f)
                                    : log1pf(-(float)(0xffffffffu - first) * 0x1p-32f);
  float radius = sqrtf(-2 * log_u);
  // An angle of at most an eighth of a turn from a multiple of a quarter turn.
  uint32 quarter = (second + 0x20000000u) >> 30;
  float angle = (float)(int)(second - (quarter << 30)) * 0x1p-31f;
  float c = radius * cospif(angle), s = radius * sinpif(angle);
  switch (quarter & 3) {
    case 0: return make_float2(c, s);
    case 1: return make_float2(-s, c);
    case 2: return make_float2(-c, -s);
    default: return make_float2(s, -c);
  }
}

/// Normal numbers: the CPU's, as closely as floats hold them.
/// Launch: 256 threads, ceil(count / 1024) blocks, at most 65536. No shared memory.
extern "C" __global__ void cajal_random_normal(
    cajal_cuda_random_key key, float mean, float standard_deviation, float *result,
    int64 count) {
  FOR_EACH_INDEX(block, divide_up(count, 4)) {
    uint4 words = philox(key, (uint32)block);
    float2 a = normal_pair(words.x, words.y), b = normal_pair(words.z, words.w);
    store_block(
        result, block, count,
        make_float4(
            fmaf(standard_deviation, a.x, mean), fmaf(standard_deviation, a.y, mean),
            fmaf(standard_deviation, b.x, mean), fmaf(standard_deviation, b.y, mean)));
  }
}

/// `result[i] = keep(i) ? scale · x[i] : 0`, plus `residual[i]` where there is a residual; `result` may
/// be either. The bits of the CPU's.
/// Launch: 256 threads, ceil(count / 1024) blocks, at most 65536. No shared memory.
extern "C" __global__ void cajal_dropout(
    const float *x, cajal_cuda_dropout dropout, const float *residual, float *result,
    int64 count) {
  bool wide = is_aligned(x) && is_aligned(residual);
  auto kept = [=](uint32 word, float v) {
    return word >= dropout.threshold ? v * dropout.scale : 0;
  };
  FOR_EACH_INDEX(block, divide_up(count, 4)) {
    uint4 words = philox(dropout.key, (uint32)block);
    float4 v = load_block(x, block, count, wide);
    v = make_float4(
        kept(words.x, v.x), kept(words.y, v.y), kept(words.z, v.z), kept(words.w, v.w));
    if (residual != nullptr) {
      // Rounded after the product, as on the CPU.
      float4 r = load_block(residual, block, count, wide);
      v = make_float4(
          __fadd_rn(v.x, r.x), __fadd_rn(v.y, r.y), __fadd_rn(v.z, r.z), __fadd_rn(v.w, r.w));
    }
    store_block(result, block, count, v);
  }
}
