#include "rows.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static uint32_t big_endian(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/// Makes the checksum of every chunk right, without which hardly a change would get past them.
static void repair(uint8_t *bytes, size_t count) {
  size_t start = 8;
  while (start + 12 <= count) {
    size_t length = big_endian(bytes + start);
    if (length > count - start - 12) return;
    uint32_t sum = (uint32_t)crc32(0, bytes + start + 4, (uInt)length + 4);
    for (int index = 0; index < 4; index++) {
      bytes[start + 8 + length + index] = (uint8_t)(sum >> (24 - 8 * index));
    }
    start += length + 12;
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
  read_both_ways(cajal_png_open, bytes, count);
  if (count < 2) return 0;
  uint8_t *repaired = malloc(count);
  memcpy(repaired, bytes, count);
  repair(repaired + 2, count - 2);
  if (memcmp(repaired, bytes, count) != 0) read_both_ways(cajal_png_open, repaired, count);
  free(repaired);
  return 0;
}
