#include "cajal_kernels.h"

#include <string.h>

/// One byte at a time with the reflected polynomial 0x82f63b78, eight bits of it unrolled by the
/// compiler.
static uint32_t crc_of_byte(uint32_t crc) {
  for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0x82f63b78u & -(crc & 1));
  return crc;
}

static uint32_t crc_by_table(uint32_t crc, const unsigned char *bytes, size_t count) {
  // Built on the stack, which avoids shared state; 256 entries pay off after some hundred bytes.
  if (count < 512) {
    for (size_t i = 0; i < count; i++) crc = crc_of_byte(crc ^ bytes[i]);
    return crc;
  }
  uint32_t table[256];
  for (uint32_t i = 0; i < 256; i++) table[i] = crc_of_byte(i);
  for (size_t i = 0; i < count; i++) crc = (crc >> 8) ^ table[(crc ^ bytes[i]) & 0xff];
  return crc;
}

#if defined(__x86_64__)
#include <nmmintrin.h>

__attribute__((target("sse4.2"))) static uint32_t crc_by_instruction(
    uint32_t crc, const unsigned char *bytes, size_t count) {
  uint64_t wide = crc;
  for (; count >= 8; bytes += 8, count -= 8) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    wide = _mm_crc32_u64(wide, word);
  }
  crc = (uint32_t)wide;
  for (; count > 0; bytes++, count--) crc = _mm_crc32_u8(crc, *bytes);
  return crc;
}
#endif

uint32_t cajal_crc32c(uint32_t crc, const void *bytes, size_t count) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("sse4.2")) return ~crc_by_instruction(~crc, bytes, count);
#endif
  return ~crc_by_table(~crc, bytes, count);
}
