// System calls of the memory pool and the threads.
#if defined(__linux__)
// For affinity masks.
#define _GNU_SOURCE
#endif

#include "cajal_kernels.h"

#include <unistd.h>

#if defined(__linux__)
#include <sched.h>
#include <sys/mman.h>
#endif

void cajal_advise_huge_pages(void *memory, size_t byte_count) {
#if defined(MADV_HUGEPAGE)
  // Only advice, so a failure is ignored.
  (void)madvise(memory, byte_count, MADV_HUGEPAGE);
#else
  (void)memory, (void)byte_count;
#endif
}

#if defined(__linux__)
/// The processors in the process's affinity mask; 0 if unknown.
static long processors_in_mask(void) {
  // The kernel rejects a mask without a bit for every possible processor.
  for (int capacity = 1024; capacity <= 1 << 20; capacity *= 2) {
    cpu_set_t *mask = CPU_ALLOC(capacity);
    if (mask == NULL) return 0;
    size_t size = CPU_ALLOC_SIZE(capacity);
    long count = sched_getaffinity(getpid(), size, mask) == 0 ? CPU_COUNT_S(size, mask) : 0;
    CPU_FREE(mask);
    if (count > 0) return count;
  }
  return 0;
}
#else
static long processors_in_mask(void) { return 0; }
#endif

long cajal_usable_processors(void) {
  long count = processors_in_mask();
  if (count <= 0) count = sysconf(_SC_NPROCESSORS_ONLN);
  return count > 0 ? count : 1;
}

// Asked for at every allocation: this model of a library's thread-local memory needs no call.
#ifdef __ELF__
#define IN_INITIAL_MEMORY __attribute__((tls_model("initial-exec")))
#else
#define IN_INITIAL_MEMORY
#endif

uint64_t cajal_thread_identity(void) {
  static _Thread_local const char place IN_INITIAL_MEMORY = 0;
  return (uint64_t)(uintptr_t)&place;
}
