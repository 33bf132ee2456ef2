#include "jpeg_markers.h"

#include <jerror.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  length_size = 2,
  exif_header_size = 6,
  /// Of a part of a profile: a name, the number of the part, from 1, and how many there are.
  part_header_size = 14,
  largest_part = 65533 - part_header_size,
};

static const char profile_name[] = "ICC_PROFILE";

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

/// Reads the length of a marker and the first `count` of its bytes, where it has as many. Returns
/// the number of the remaining ones.
static size_t start_marker(j_decompress_ptr decoder, uint8_t *bytes, size_t count) {
  unsigned high = next_byte(decoder);
  size_t length = high << 8 | next_byte(decoder);
  if (length < length_size) ERREXIT(decoder, JERR_BAD_LENGTH);
  length -= length_size;
  if (length < count) return length;
  read_bytes(decoder, bytes, count);
  return length - count;
}

void cajal_jpeg_read_exif(j_decompress_ptr decoder, cajal_jpeg_markers *markers) {
  // Other markers of this kind hold something else (XMP).
  uint8_t header[exif_header_size] = {0};
  size_t length = start_marker(decoder, header, sizeof header);
  if (markers->has_exif || memcmp(header, "Exif\0", 5) != 0) {
    decoder->src->skip_input_data(decoder, (long)length);
    return;
  }
  uint8_t *data =
      decoder->mem->alloc_large((j_common_ptr)decoder, JPOOL_IMAGE, length + 1);
  read_bytes(decoder, data, length);
  markers->exif = cajal_exif_read(data, length);
  markers->has_exif = true;
}

/// Makes room for a part of a profile; false where it does not follow the earlier ones or all of
/// them are too large.
static bool make_room(cajal_jpeg_markers *markers, const uint8_t *header, size_t length) {
  unsigned number = header[sizeof profile_name], parts = header[sizeof profile_name + 1];
  if (markers->has_broken_profile || number != markers->parts_read + 1 || number > parts ||
      (markers->parts != 0 && parts != markers->parts) ||
      length > CAJAL_LARGEST_PROFILE - markers->profile_size) {
    return false;
  }
  uint8_t *grown = realloc(markers->profile, markers->profile_size + length + 1);
  if (grown == NULL) return false;
  markers->profile = grown;
  markers->parts = parts;
  return true;
}

void cajal_jpeg_read_profile(j_decompress_ptr decoder, cajal_jpeg_markers *markers) {
  uint8_t header[part_header_size] = {0};
  size_t length = start_marker(decoder, header, sizeof header);
  bool is_part = memcmp(header, profile_name, sizeof profile_name) == 0;
  if (!is_part || !make_room(markers, header, length)) {
    if (is_part) markers->has_broken_profile = true;
    decoder->src->skip_input_data(decoder, (long)length);
    return;
  }
  read_bytes(decoder, markers->profile + markers->profile_size, length);
  markers->profile_size += length;
  markers->parts_read++;
}

uint8_t *cajal_jpeg_take_profile(cajal_jpeg_markers *markers, size_t *size) {
  if (markers->has_broken_profile || markers->parts_read != markers->parts) return NULL;
  uint8_t *profile = markers->profile;
  *size = markers->profile_size;
  markers->profile = NULL;
  return profile;
}

void cajal_jpeg_set_density(j_compress_ptr encoder, const cajal_image_metadata *metadata) {
  if (metadata == NULL) return;
  double columns = round(1e4 / metadata->pixel_width), rows = round(1e4 / metadata->pixel_height);
  if (!(columns >= 1 && columns <= UINT16_MAX && rows >= 1 && rows <= UINT16_MAX)) return;
  encoder->density_unit = 2;
  encoder->X_density = (UINT16)columns;
  encoder->Y_density = (UINT16)rows;
}

void cajal_jpeg_write_profile(j_compress_ptr encoder, const cajal_image_metadata *metadata) {
  if (metadata == NULL) return;
  size_t size = metadata->profile_size;
  uint32_t channels = (uint32_t)encoder->input_components;
  if (!cajal_is_usable_profile(metadata->profile, size, channels)) return;
  size_t parts = (size + largest_part - 1) / largest_part;
  for (size_t part = 0; part < parts; part++) {
    size_t start = part * largest_part;
    size_t count = size - start < largest_part ? size - start : largest_part;
    jpeg_write_m_header(encoder, JPEG_APP0 + 2, (unsigned)(count + part_header_size));
    for (size_t index = 0; index < sizeof profile_name; index++) {
      jpeg_write_m_byte(encoder, profile_name[index]);
    }
    jpeg_write_m_byte(encoder, (int)part + 1);
    jpeg_write_m_byte(encoder, (int)parts);
    for (size_t index = 0; index < count; index++) {
      jpeg_write_m_byte(encoder, metadata->profile[start + index]);
    }
  }
}
