// The words of CUDA C++ that kernels use, for the host. A kernel's file is compiled by including
// this and then the file.
#pragma once

#include <cmath>
#include <cstring>
#include <type_traits>

#include "block.h"
#include "kernel_table.h"
#include "tensor_core.h"

// Loops are unrolled for the sake of a GPU's registers, which the host need not do.
#pragma clang diagnostic ignored "-Wpass-failed"

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __align__(bytes) alignas(bytes)
#define __constant__ static const
// A section of their own, so that all shared memory can be poisoned before a block starts. One
// block executes at a time.
#define __shared__ static __attribute__((section("cuda_shared")))

/// Dynamic shared memory: `extern __shared__` on a device.
#define DYNAMIC_SHARED(type, name) \
  type *name = reinterpret_cast<type *>(cuda_emulator::dynamic_shared_memory())

using dim3 = cuda_emulator::Extent;

#define threadIdx (cuda_emulator::registers.thread)
#define blockIdx (cuda_emulator::registers.block)
#define blockDim (cuda_emulator::registers.block_extent)
#define gridDim (cuda_emulator::registers.grid_extent)

// MARK: Vectors

#define CUDA_VECTOR(type, scalar, bytes) \
  struct alignas(bytes * 2) type##2 { \
    scalar x, y; \
  }; \
  struct alignas(bytes * 4) type##4 { \
    scalar x, y, z, w; \
  }; \
  inline type##2 make_##type##2(scalar x, scalar y) { return {x, y}; } \
  inline type##4 make_##type##4(scalar x, scalar y, scalar z, scalar w) { return {x, y, z, w}; }

CUDA_VECTOR(float, float, 4)
CUDA_VECTOR(int, int, 4)
CUDA_VECTOR(uint, unsigned, 4)

// MARK: Waiting for other threads

// The place of the call is the caller's.
inline void __syncthreads(const char *file = __builtin_FILE(), int line = __builtin_LINE()) {
  if (!cuda_emulator::is_left_out(file, line)) cuda_emulator::wait_for_block();
}
inline void __syncwarp(
    unsigned mask = 0xffffffffu, const char *file = __builtin_FILE(),
    int line = __builtin_LINE()) {
  if (cuda_emulator::is_left_out(file, line)) return;
  cuda_emulator::exchange(mask, "__syncwarp", nullptr, 0);
}
inline void __threadfence() {}
inline void __threadfence_block() {}

/// The value of lane `source(lane)` of the segment of `width` lanes, or this lane's own where there
/// is none.
template <typename T, typename Source>
T cuda_shuffle(unsigned mask, const char *name, T value, int width, Source source) {
  static_assert(sizeof(T) <= sizeof(cuda_emulator::Slot));
  const cuda_emulator::Slot *lanes =
      cuda_emulator::exchange(mask, name, &value, sizeof value);
  int lane = cuda_emulator::lane(), segment = lane / width * width;
  int from = source(lane - segment);
  if (from < 0 || from >= width) return value;
  // What a lane outside of the mask has is not defined.
  if ((mask >> (segment + from) & 1) == 0) {
    std::memset(&value, 0xff, sizeof value);
  } else {
    std::memcpy(&value, lanes + segment + from, sizeof value);
  }
  return value;
}

template <typename T>
T __shfl_sync(unsigned mask, T value, int source, int width = 32) {
  return cuda_shuffle(mask, "__shfl_sync", value, width, [=](int) { return source % width; });
}
template <typename T>
T __shfl_up_sync(unsigned mask, T value, unsigned distance, int width = 32) {
  return cuda_shuffle(
      mask, "__shfl_up_sync", value, width, [=](int lane) { return lane - (int)distance; });
}
template <typename T>
T __shfl_down_sync(unsigned mask, T value, unsigned distance, int width = 32) {
  return cuda_shuffle(
      mask, "__shfl_down_sync", value, width, [=](int lane) { return lane + (int)distance; });
}
template <typename T>
T __shfl_xor_sync(unsigned mask, T value, int bits, int width = 32) {
  return cuda_shuffle(
      mask, "__shfl_xor_sync", value, width, [=](int lane) { return lane ^ bits; });
}

inline unsigned __ballot_sync(unsigned mask, int predicate) {
  bool own = predicate != 0;
  const cuda_emulator::Slot *lanes =
      cuda_emulator::exchange(mask, "__ballot_sync", &own, sizeof own);
  unsigned result = 0;
  for (int lane = 0; lane < 32; lane++) {
    if ((mask >> lane & 1) != 0 && lanes[lane].bytes[0] != 0) result |= 1u << lane;
  }
  return result;
}
inline int __any_sync(unsigned mask, int predicate) { return __ballot_sync(mask, predicate) != 0; }
inline int __all_sync(unsigned mask, int predicate) {
  return __ballot_sync(mask, predicate) == mask;
}

// MARK: Copies to shared memory, see async_copy.cuh

#define ASYNC_COPY_INSTRUCTIONS

inline void begin_copy16(void *shared, const void *global) {
  cuda_emulator::begin_copy(shared, global, 16);
}
inline void begin_copy4(void *shared, const void *global) {
  cuda_emulator::begin_copy(shared, global, 4);
}
inline void wait_for_copies() { cuda_emulator::wait_for_copies(); }

// MARK: Atomic operations on integers; Cajal's kernels have none on floating-point numbers.

template <typename T>
T atomicAdd(T *address, T value) {
  static_assert(std::is_integral_v<T>, "sums of atomic additions have no fixed order");
  T old = *address;
  *address = old + value;
  return old;
}

// MARK: Bits and arithmetic

template <typename To, typename From>
To cuda_bits(From x) {
  To result;
  static_assert(sizeof result == sizeof x);
  std::memcpy(&result, &x, sizeof result);
  return result;
}
inline unsigned __float_as_uint(float x) { return cuda_bits<unsigned>(x); }
inline int __float_as_int(float x) { return cuda_bits<int>(x); }
inline float __uint_as_float(unsigned x) { return cuda_bits<float>(x); }
inline float __int_as_float(int x) { return cuda_bits<float>(x); }
inline int __popc(unsigned x) { return __builtin_popcount(x); }
inline int __popcll(unsigned long long x) { return __builtin_popcountll(x); }
inline int __clz(int x) { return x == 0 ? 32 : __builtin_clz((unsigned)x); }
inline int __ffs(int x) { return __builtin_ffs(x); }
inline unsigned __umulhi(unsigned a, unsigned b) {
  return (unsigned)(((unsigned long long)a * b) >> 32);
}
template <typename T>
T __ldg(const T *address) {
  return *address;
}

/// Operations that are rounded once and never fused with others.
#pragma clang fp contract(off)
inline float __fadd_rn(float a, float b) { return a + b; }
inline float __fmul_rn(float a, float b) { return a * b; }
inline float __fmaf_rn(float a, float b, float c) { return std::fma(a, b, c); }
inline double __dadd_rn(double a, double b) { return a + b; }
inline double __dmul_rn(double a, double b) { return a * b; }
inline float rsqrtf(float x) { return 1 / std::sqrt(x); }

/// Of multiples of half a turn.
inline float sinpif(float x) { return (float)std::sin(3.14159265358979323846 * (double)x); }
inline float cospif(float x) { return (float)std::cos(3.14159265358979323846 * (double)x); }
