#include "machine.h"

#if defined(__linux__)
#include <malloc.h>
#endif

void machine_release_free_memory(void) {
#if defined(__GLIBC__)
  malloc_trim(0);
#endif
}
