// What every file of kernels includes. Plain CUDA C++ without NVIDIA's headers: NVRTC compiles it
// for a device, and the emulator of the tests compiles it as C++ for the host.
#pragma once

#include "cajal_cuda_arguments.h"

using int64 = long long;
using uint32 = unsigned int;
using uint64 = unsigned long long;

// MARK: Indices

constexpr int WARP = 32;
constexpr uint32 ALL_LANES = 0xffffffffu;

/// This thread's number in the whole grid.
__device__ inline int64 grid_index() { return (int64)blockIdx.x * blockDim.x + threadIdx.x; }

/// The threads of the whole grid.
__device__ inline int64 grid_threads() { return (int64)gridDim.x * blockDim.x; }

/// Visits elements `0 ..< count`, divided among all threads of the grid.
#define FOR_EACH_INDEX(i, count) \
  for (int64 i = grid_index(), i##_end = (count); i < i##_end; i += grid_threads())

/// Visits elements `0 ..< count`, divided among the threads of this block.
#define FOR_EACH_IN_BLOCK(i, count) \
  for (int64 i = threadIdx.x, i##_end = (count); i < i##_end; i += blockDim.x)

__device__ inline int lane_index() { return (int)(threadIdx.x % WARP); }
__device__ inline int warp_index() { return (int)(threadIdx.x / WARP); }
__device__ inline int warp_count() { return (int)((blockDim.x + WARP - 1) / WARP); }

template <typename T>
__device__ constexpr T smaller(T a, T b) { return a < b ? a : b; }
template <typename T>
__device__ constexpr T larger(T a, T b) { return a > b ? a : b; }

__device__ inline int64 divide_up(int64 a, int64 b) { return (a + b - 1) / b; }

// MARK: 16-byte accesses

/// Whether 16-byte accesses may begin here. Buffers begin at any element of their storage.
__device__ inline bool is_aligned(const void *address) { return (uint64)address % 16 == 0; }

__device__ inline float4 load4(const float *address) {
  return *reinterpret_cast<const float4 *>(address);
}

__device__ inline void store4(float *address, float4 value) {
  *reinterpret_cast<float4 *>(address) = value;
}

// MARK: Dynamic shared memory

/// A pointer to the dynamic shared memory of the block, 16-byte aligned. The emulator has its own.
#ifndef DYNAMIC_SHARED
#define DYNAMIC_SHARED(type, name) \
  extern __shared__ uint4 cajal_dynamic_shared[]; \
  type *name = reinterpret_cast<type *>(cajal_dynamic_shared)
#endif

// MARK: Numbers

#define CAJAL_INFINITY __uint_as_float(0x7f800000u)

/// The larger one; NaN where either is NaN.
__device__ inline float maximum(float a, float b) { return a > b || a != a ? a : b; }
/// The smaller one; NaN where either is NaN.
__device__ inline float minimum(float a, float b) { return a < b || a != a ? a : b; }

// MARK: Reductions, in an order that depends on the block's size alone

struct Sum {
  static __device__ float identity() { return 0; }
  template <typename T>
  static __device__ T combine(T a, T b) { return a + b; }
};

struct Maximum {
  static __device__ float identity() { return -CAJAL_INFINITY; }
  static __device__ float combine(float a, float b) { return maximum(a, b); }
};

/// Reduces over the lanes of a warp, all of which take part and get the same result.
template <typename Operation, typename T>
__device__ inline T warp_reduce(T value) {
  for (int distance = WARP / 2; distance > 0; distance /= 2) {
    value = Operation::combine(value, __shfl_xor_sync(ALL_LANES, value, distance));
  }
  return value;
}

/// Reduces over the threads of a block of whole warps, all of which take part and get the same
/// result.
template <typename Operation, typename T>
__device__ inline T block_reduce(T value) {
  __shared__ T partial[WARP];
  value = warp_reduce<Operation>(value);
  // Nobody may still read what the reduction before this one left.
  __syncthreads();
  if (lane_index() == 0) partial[warp_index()] = value;
  __syncthreads();
  value = lane_index() < warp_count() ? partial[lane_index()] : (T)Operation::identity();
  return warp_reduce<Operation>(value);
}

__device__ inline float warp_sum(float value) { return warp_reduce<Sum>(value); }
__device__ inline float warp_maximum(float value) { return warp_reduce<Maximum>(value); }
__device__ inline float block_sum(float value) { return block_reduce<Sum>(value); }
__device__ inline float block_maximum(float value) { return block_reduce<Maximum>(value); }

// MARK: Random numbers, the bits of the CPU's

/// Block `index` of a sequence of Philox 4x32-10.
__device__ inline uint4 philox(const cajal_cuda_random_key &key, uint32 index) {
  uint32 x = index, y = key.stream, z = key.step[0], w = key.step[1];
  uint32 k0 = key.seed[0], k1 = key.seed[1];
  for (int round = 0; round < 10; round++) {
    uint64 a = (uint64)x * 0xD2511F53u, b = (uint64)z * 0xCD9E8D57u;
    x = (uint32)(b >> 32) ^ y ^ k0;
    y = (uint32)b;
    z = (uint32)(a >> 32) ^ w ^ k1;
    w = (uint32)a;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return make_uint4(x, y, z, w);
}

/// Word `element` of a sequence. Block numbers are taken modulo 2^32, as on the CPU.
__device__ inline uint32 philox_word(const cajal_cuda_random_key &key, int64 element) {
  uint4 words = philox(key, (uint32)(element / 4));
  int place = (int)(element % 4);
  return place == 0 ? words.x : place == 1 ? words.y : place == 2 ? words.z : words.w;
}

/// A word as a number in [0, 1): its upper 24 bits over 2^24.
__device__ inline float philox_uniform(uint32 word) { return (float)(word >> 8) * 0x1p-24f; }

/// What dropout multiplies element `element` with: 0, or 1 / (1 - rate).
__device__ inline float dropout_factor(const cajal_cuda_dropout &dropout, int64 element) {
  return philox_word(dropout.key, element) >= dropout.threshold ? dropout.scale : 0;
}
