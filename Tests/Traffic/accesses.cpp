// What a compiler calls at each access of instrumented code, as it does in a Linux kernel under the
// address sanitizer: see `build`. Nothing is sanitized here. The accesses are told to the emulator.

#include <cstddef>
#include <cstring>

#include "traffic.h"

using cuda_emulator::note_access;

#define ACCESSES_OF(bytes) \
  void __asan_load##bytes##_noabort(void *address) { note_access(address, bytes, false); } \
  void __asan_store##bytes##_noabort(void *address) { note_access(address, bytes, true); }

extern "C" {

ACCESSES_OF(1)
ACCESSES_OF(2)
ACCESSES_OF(4)
ACCESSES_OF(8)
ACCESSES_OF(16)

void __asan_loadN_noabort(void *address, std::size_t bytes) { note_access(address, bytes, false); }
void __asan_storeN_noabort(void *address, std::size_t bytes) { note_access(address, bytes, true); }

void *__asan_memcpy(void *to, const void *from, std::size_t bytes) {
  note_access(from, bytes, false);
  note_access(to, bytes, true);
  return std::memcpy(to, from, bytes);
}

void *__asan_memmove(void *to, const void *from, std::size_t bytes) {
  note_access(from, bytes, false);
  note_access(to, bytes, true);
  return std::memmove(to, from, bytes);
}

void *__asan_memset(void *to, int value, std::size_t bytes) {
  note_access(to, bytes, true);
  return std::memset(to, value, bytes);
}

void __asan_handle_no_return() {}

}
