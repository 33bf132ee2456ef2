#include "jpeg_exif.h"

#include <jerror.h>
#include <string.h>

enum { length_size = 2, exif_header_size = 6 };

/// The next byte; the sources of this library never run dry without jumping.
static unsigned next_byte(j_decompress_ptr decoder) {
  struct jpeg_source_mgr *source = decoder->src;
  if (source->bytes_in_buffer == 0) source->fill_input_buffer(decoder);
  source->bytes_in_buffer--;
  return *source->next_input_byte++;
}

static void read_bytes(j_decompress_ptr decoder, uint8_t *bytes, size_t count) {
  for (size_t index = 0; index < count; index++) bytes[index] = (uint8_t)next_byte(decoder);
}

void cajal_jpeg_read_exif(j_decompress_ptr decoder, uint32_t *orientation) {
  unsigned high = next_byte(decoder);
  size_t length = high << 8 | next_byte(decoder);
  if (length < length_size) ERREXIT(decoder, JERR_BAD_LENGTH);
  length -= length_size;
  // The first marker with EXIF data counts; others of this kind hold something else (XMP).
  uint8_t header[exif_header_size] = {0};
  bool has_header = *orientation == 0 && length >= sizeof header;
  if (has_header) {
    read_bytes(decoder, header, sizeof header);
    length -= sizeof header;
  }
  if (!has_header || memcmp(header, "Exif\0", 5) != 0) {
    decoder->src->skip_input_data(decoder, (long)length);
    return;
  }
  uint8_t *data =
      decoder->mem->alloc_large((j_common_ptr)decoder, JPOOL_IMAGE, length + 1);
  read_bytes(decoder, data, length);
  *orientation = cajal_exif_orientation(data, length);
}
