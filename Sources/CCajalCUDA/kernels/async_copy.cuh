// Copies from memory to shared memory that a thread need not wait for: `cp.async`.
#pragma once

#include "common.cuh"

// The emulator has its own.
#ifndef ASYNC_COPY_INSTRUCTIONS
#define ASYNC_COPY_INSTRUCTIONS

/// Begins to copy 16 bytes. Both addresses are aligned to them.
__device__ inline void begin_copy16(void *shared, const void *global) {
  asm volatile(
      "cp.async.cg.shared.global [%0], [%1], 16;"
      :: "r"((uint32)__cvta_generic_to_shared(shared)), "l"(global) : "memory");
}

/// Begins to copy 4 bytes. Both addresses are aligned to them.
__device__ inline void begin_copy4(void *shared, const void *global) {
  asm volatile(
      "cp.async.ca.shared.global [%0], [%1], 4;"
      :: "r"((uint32)__cvta_generic_to_shared(shared)), "l"(global) : "memory");
}

/// Waits for all copies that this thread has begun. Other threads see them after a barrier.
__device__ inline void wait_for_copies() { asm volatile("cp.async.wait_all;" ::: "memory"); }
#endif
