// What the memory pool asks of the system.
#include "cajal_kernels.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

void cajal_advise_huge_pages(void *memory, size_t byte_count) {
#if defined(MADV_HUGEPAGE)
  // Advice: the memory works without it.
  (void)madvise(memory, byte_count, MADV_HUGEPAGE);
#else
  (void)memory, (void)byte_count;
#endif
}

uint64_t cajal_thread_identity(void) {
  static _Thread_local const char place = 0;
  return (uint64_t)(uintptr_t)&place;
}
