// Kernels that test the emulator and common.cuh themselves.

#include "../device_language.h"

#include "../../../Sources/CCajalCUDA/kernels/async_copy.cuh"
#include "../../../Sources/CCajalCUDA/kernels/tensor_core.cuh"

/// Two sums over a block, one after the other, in whole warps.
extern "C" __global__ void probe_sums(float *x) {
  float value = x[threadIdx.x];
  x[threadIdx.x] = block_sum(value) + block_maximum(2 * value) + warp_sum(1);
}

/// Reverses a block through shared memory; `waits` 0 forgets the barrier.
extern "C" __global__ void probe_reversal(float *x, int waits) {
  __shared__ float values[1024];
  DYNAMIC_SHARED(float, copies);
  values[threadIdx.x] = x[threadIdx.x];
  if (waits != 0) __syncthreads();
  copies[threadIdx.x] = values[blockDim.x - 1 - threadIdx.x];
  __syncwarp();
  x[threadIdx.x] = copies[threadIdx.x];
}

/// Words of Philox as numbers.
extern "C" __global__ void probe_philox(float *result, cajal_cuda_random_key key, int64 first) {
  result[threadIdx.x] = philox_uniform(philox_word(key, first + threadIdx.x));
}

/// Without its barrier, lanes of a warp read where no memory is, or some of them do not shuffle.
extern "C" __global__ void probe_missing_barrier(float *x, int reads) {
  __shared__ uint32 places[WARP];
  places[threadIdx.x] = threadIdx.x;
  __syncthreads();
  uint32 place = places[WARP - 1 - threadIdx.x];
  if (reads && x[place] == -1) x[place] = 0;
  if (place < WARP) __shfl_xor_sync(ALL_LANES, place, 1);
}

/// Numbers as TF32, and as bfloat16 in the lower half of a word.
extern "C" __global__ void probe_rounding(float *x, float *tf32, float *bfloat16) {
  float value = x[threadIdx.x];
  tf32[threadIdx.x] = __uint_as_float(round_to_tf32(value));
  bfloat16[threadIdx.x] = __uint_as_float(round_to_bfloat16(value, 0) << 16);
}

/// A product on the tensor cores, from the words of each lane to the sums of each.
extern "C" __global__ void probe_multiply_add(
    const uint32 *left, const uint32 *right, float *sums, int is_tf32) {
  uint32 a[4], b[2];
  float c[4];
  for (int i = 0; i < 4; i++) a[i] = left[4 * threadIdx.x + i], c[i] = sums[4 * threadIdx.x + i];
  for (int i = 0; i < 2; i++) b[i] = right[2 * threadIdx.x + i];
  if (is_tf32) {
    multiply_add_tf32(c, a, b);
  } else {
    multiply_add_bfloat16(c, a, b);
  }
  for (int i = 0; i < 4; i++) sums[4 * threadIdx.x + i] = c[i];
}

/// Four matrices of 8 rows of 4 words, as the lanes get them.
extern "C" __global__ void probe_load_matrices(
    const uint32 *x, uint32 *result, int is_transposed) {
  __align__(16) __shared__ uint32 matrices[4 * 8 * 4];
  for (int i = 0; i < 4; i++) matrices[4 * threadIdx.x + i] = x[4 * threadIdx.x + i];
  __syncwarp();
  uint32 words[4];
  if (is_transposed) {
    load_transposed_matrices(words, matrices + 4 * threadIdx.x);
  } else {
    load_matrices(words, matrices + 4 * threadIdx.x);
  }
  for (int i = 0; i < 4; i++) result[4 * threadIdx.x + i] = words[i];
}

/// Copies 4 words, or 1, of each thread to shared memory and back; `waits` 0 forgets to wait.
extern "C" __global__ void probe_async_copy(const float *x, float *result, int words, int waits) {
  __align__(16) __shared__ float copies[4 * 64];
  float *own = copies + 4 * threadIdx.x;
  if (words == 4) {
    begin_copy16(own, x + 4 * threadIdx.x);
  } else {
    for (int i = 0; i < 4; i++) begin_copy4(own + i, x + 4 * threadIdx.x + i);
  }
  if (waits != 0) wait_for_copies();
  for (int i = 0; i < 4; i++) result[4 * threadIdx.x + i] = own[i];
}

EMULATED_KERNEL(probe_async_copy)
EMULATED_KERNEL(probe_rounding)
EMULATED_KERNEL(probe_multiply_add)
EMULATED_KERNEL(probe_load_matrices)
EMULATED_KERNEL(probe_missing_barrier)
EMULATED_KERNEL(probe_sums)
EMULATED_KERNEL(probe_reversal)
EMULATED_KERNEL(probe_philox)
