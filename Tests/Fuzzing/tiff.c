#include "rows.h"

#include <stdlib.h>

static cajal_image_part part;

static cajal_image_reader *open_part(cajal_byte_source *source, size_t memory_limit,
                                     cajal_image_header *header, cajal_codec_failure *failure) {
  return cajal_tiff_open(source, part, memory_limit, header, failure);
}

/// Reads a part of the picture, from its middle on.
static void read_window(const uint8_t *bytes, size_t count) {
  cajal_codec_failure failure = {0};
  cajal_image_header header = {0};
  cajal_byte_source *source = cajal_source_borrow(bytes, count);
  cajal_image_reader *reader = open_part(source, 1 << 20, &header, &failure);
  bool is_small = (uint64_t)header.width * header.height <= 1 << 16;
  if (reader != NULL && header.channels > 0 && is_small) {
    uint32_t left = header.width / 2, top = header.height / 3;
    uint32_t width = header.width - left, rows = (header.height - top + 1) / 2;
    cajal_image_set_window(reader, left, top, width, rows);
    uint8_t *pixels = malloc((size_t)width * header.channels * rows);
    cajal_image_read_rows(reader, pixels, rows, &failure);
    free(pixels);
  }
  cajal_image_reader_close(reader);
  cajal_source_close(source);
}

/// The second byte chooses the page and the level too.
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
  if (count < 2) return 0;
  part = (cajal_image_part){.page = bytes[1] & 1, .level = bytes[1] >> 1 & 1};
  read_both_ways(open_part, bytes, count);
  read_window(bytes + 2, count - 2);
  return 0;
}
