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

void cajal_reader_set_header(cajal_image_reader *reader, const cajal_image_header *header) {
  reader->header = *header;
  reader->window = (cajal_image_level){.width = header->width, .height = header->height};
  if (reader->level_count > 0) return;
  reader->levels[0] = reader->window;
  reader->level_count = 1;
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

void cajal_give_deep_values(cajal_image_reader *reader, const uint8_t *values, size_t count,
                            uint8_t *pixels) {
  size_t channels = cajal_given_channels(reader), colors = reader->header.channels;
  uint16_t largest = reader->largest_value;
  for (size_t index = 0; index < count; index++) {
    uint16_t value;
    memcpy(&value, values + 2 * index, sizeof value);
    bool is_color = index % channels < colors;
    // The largest value of alpha is that of the depth, whatever white is.
    uint32_t white = is_color ? reader->white : UINT16_MAX;
    if (is_color && value > largest) largest = value;
    if (!reader->keeps_bits) {
      pixels[index] = (uint8_t)(value >= white ? 255 : (value * 255u + white / 2) / white);
    }
  }
  if (reader->keeps_bits) memcpy(pixels, values, 2 * count);
  reader->largest_value = largest;
}

const cajal_image_level *cajal_image_get_levels(const cajal_image_reader *reader,
                                                uint32_t *count) {
  *count = reader->level_count;
  return reader->levels;
}

void cajal_image_set_window(cajal_image_reader *reader, uint32_t left, uint32_t top, uint32_t width,
                            uint32_t height) {
  reader->left = left;
  reader->top = top;
  reader->window = (cajal_image_level){.width = width, .height = height};
}

/// Decodes a row of the whole picture and keeps it.
static bool read_whole_row(cajal_image_reader *reader) {
  if (reader->whole_row == NULL) reader->whole_row = malloc(cajal_given_row_bytes(reader));
  if (reader->whole_row != NULL) return reader->read_rows(reader, reader->whole_row, 1);
  cajal_failure_set(reader->failure, cajal_failure_kind_too_large,
                    "there is no memory left for a row");
  return false;
}

/// Moves on to the first row of the window.
static bool skip_to_window(cajal_image_reader *reader) {
  uint32_t rows = reader->top;
  reader->top = 0;
  if (rows == 0) return true;
  if (reader->skip_rows != NULL) return reader->skip_rows(reader, rows);
  for (; rows > 0; rows--) {
    if (!read_whole_row(reader)) return false;
  }
  return true;
}

bool cajal_image_read_rows(cajal_image_reader *reader, uint8_t *pixels, size_t rows,
                           cajal_codec_failure *failure) {
  reader->failure = failure;
  if (!skip_to_window(reader)) return false;
  if (reader->reads_columns || reader->window.width == reader->header.width) {
    return reader->read_rows(reader, pixels, rows);
  }
  size_t pixel_bytes = cajal_given_pixel_bytes(reader);
  size_t row_bytes = reader->window.width * pixel_bytes;
  for (size_t row = 0; row < rows; row++) {
    if (!read_whole_row(reader)) return false;
    memcpy(pixels + row * row_bytes, reader->whole_row + reader->left * pixel_bytes, row_bytes);
  }
  return true;
}

bool cajal_image_skip_rows(cajal_image_reader *reader, size_t rows, cajal_codec_failure *failure) {
  reader->failure = failure;
  if (!skip_to_window(reader)) return false;
  if (reader->skip_rows != NULL) return reader->skip_rows(reader, rows);
  for (; rows > 0; rows--) {
    if (!read_whole_row(reader)) return false;
  }
  return true;
}

void cajal_image_reader_close(cajal_image_reader *reader) {
  if (reader == NULL) return;
  reader->close(reader);
  free((void *)reader->metadata.profile);
  free(reader->whole_row);
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
