#include "session.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void *allocate(size_t size, cajal_codec_failure *failure) {
  void *session = calloc(1, size);
  if (session == NULL) {
    cajal_failure_set(failure, cajal_failure_kind_too_large, "there is no memory left");
  }
  return session;
}

cajal_image_reader *cajal_reader_allocate(size_t size, cajal_byte_source *source,
                                          size_t memory_limit, cajal_codec_failure *failure) {
  cajal_image_reader *reader = allocate(size, failure);
  if (reader == NULL) return NULL;
  reader->source = source;
  reader->memory_limit = memory_limit;
  reader->white = UINT16_MAX;
  reader->failure = failure;
  return reader;
}

void cajal_image_set_values(cajal_image_reader *reader, uint16_t white, bool keeps_bits,
                            bool keeps_alpha) {
  reader->white = white;
  reader->keeps_bits = keeps_bits;
  reader->keeps_alpha = keeps_alpha;
}

const cajal_image_metadata *cajal_image_get_metadata(const cajal_image_reader *reader) {
  return &reader->metadata;
}

bool cajal_is_usable_profile(const uint8_t *profile, size_t size, uint32_t channels) {
  enum { header_size = 128, colors = 16, signature = 36 };
  if (profile == NULL || size < header_size || size > CAJAL_LARGEST_PROFILE) return false;
  size_t declared = (size_t)profile[0] << 24 | (size_t)profile[1] << 16 |
                    (size_t)profile[2] << 8 | profile[3];
  return declared == size && memcmp(profile + signature, "acsp", 4) == 0 &&
         memcmp(profile + colors, channels == 3 ? "RGB " : "GRAY", 4) == 0;
}

void cajal_reader_adopt_profile(cajal_image_reader *reader, uint8_t *profile, size_t size) {
  cajal_image_metadata *metadata = &reader->metadata;
  bool is_wanted = metadata->profile == NULL &&
                   cajal_is_usable_profile(profile, size, reader->header.channels);
  if (!is_wanted) {
    free(profile);
    return;
  }
  metadata->profile = profile;
  metadata->profile_size = size;
}

double cajal_pixel_side(double pixels, double length) {
  double side = length / pixels;
  // From a nanometer to a meter; what is beyond is damage.
  return isfinite(side) && side >= 1e-3 && side <= 1e6 ? side : 0;
}

uint16_t cajal_image_largest_value(const cajal_image_reader *reader) {
  return reader->largest_value;
}

void cajal_give_deep_row(cajal_image_reader *reader, const uint8_t *row, uint8_t *pixels) {
  size_t channels = cajal_given_channels(reader), colors = reader->header.channels;
  size_t count = cajal_given_values(reader);
  uint16_t largest = reader->largest_value;
  for (size_t index = 0; index < count; index++) {
    uint16_t value;
    memcpy(&value, row + 2 * index, sizeof value);
    bool is_color = index % channels < colors;
    // The largest value of alpha is that of the depth, whatever white is.
    uint32_t white = is_color ? reader->white : UINT16_MAX;
    if (is_color && value > largest) largest = value;
    if (!reader->keeps_bits) {
      pixels[index] = (uint8_t)(value >= white ? 255 : (value * 255u + white / 2) / white);
    }
  }
  if (reader->keeps_bits) memcpy(pixels, row, 2 * count);
  reader->largest_value = largest;
}

bool cajal_image_read_rows(cajal_image_reader *reader, uint8_t *pixels, size_t rows,
                           cajal_codec_failure *failure) {
  reader->failure = failure;
  return reader->read_rows(reader, pixels, rows);
}

void cajal_image_reader_close(cajal_image_reader *reader) {
  if (reader == NULL) return;
  reader->close(reader);
  free((void *)reader->metadata.profile);
  free(reader);
}

cajal_image_writer *cajal_writer_allocate(size_t size, const cajal_image_header *header,
                                          cajal_codec_failure *failure) {
  cajal_image_writer *writer = allocate(size, failure);
  if (writer == NULL) return NULL;
  writer->header = *header;
  writer->failure = failure;
  return writer;
}

bool cajal_writer_reserve(cajal_image_writer *writer, size_t added) {
  if (added <= writer->capacity - writer->count) return true;
  size_t capacity = writer->capacity + writer->capacity / 2 + added;
  uint8_t *grown = realloc(writer->encoded, capacity);
  if (grown == NULL) return false;
  writer->encoded = grown;
  writer->capacity = capacity;
  return true;
}

bool cajal_image_write_rows(cajal_image_writer *writer, const uint8_t *pixels, size_t rows,
                            cajal_codec_failure *failure) {
  writer->failure = failure;
  return writer->write_rows(writer, pixels, rows);
}

const uint8_t *cajal_image_take_encoded(cajal_image_writer *writer, size_t *count) {
  *count = writer->count;
  writer->count = 0;
  return writer->encoded;
}

void cajal_image_writer_close(cajal_image_writer *writer) {
  if (writer == NULL) return;
  writer->close(writer);
  free(writer->encoded);
  free(writer);
}
