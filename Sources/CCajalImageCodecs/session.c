#include "session.h"

#include <stdlib.h>

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

void cajal_image_set_values(cajal_image_reader *reader, uint16_t white, bool keeps_bits) {
  reader->white = white;
  reader->keeps_bits = keeps_bits;
}

uint16_t cajal_image_largest_value(const cajal_image_reader *reader) {
  return reader->largest_value;
}

bool cajal_image_read_rows(cajal_image_reader *reader, uint8_t *pixels, size_t rows,
                           cajal_codec_failure *failure) {
  reader->failure = failure;
  return reader->read_rows(reader, pixels, rows);
}

void cajal_image_reader_close(cajal_image_reader *reader) {
  if (reader == NULL) return;
  reader->close(reader);
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
