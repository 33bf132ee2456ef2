// Kernels that test the emulator and common.cuh themselves.

#include "../device_language.h"

#include "../../../Sources/CCajalCUDA/kernels/common.cuh"

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

EMULATED_KERNEL(probe_missing_barrier)
EMULATED_KERNEL(probe_sums)
EMULATED_KERNEL(probe_reversal)
EMULATED_KERNEL(probe_philox)
