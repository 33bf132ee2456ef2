#include "rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
  read_both_ways(cajal_jpeg_open, bytes, count);
  return 0;
}
