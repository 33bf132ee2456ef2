// Shared by PNG and JPEG: a source of bytes, and a session with functions of its format.

#pragma once

#include "cajal_image_codecs.h"

/// Bytes from `next` on have not been consumed by a codec.
struct cajal_byte_source {
  const uint8_t *next;
  size_t available;
  /// Negative where the bytes are in memory.
  int descriptor;
  size_t chunk_size;
  /// The bytes that may still be read from the file.
  size_t allowed;
  uint8_t chunk[];
};

/// Reads the next piece once all bytes are taken; false with a failure where there is none.
bool cajal_source_refill(cajal_byte_source *source, cajal_codec_failure *failure);

/// Sets a failure to one line of text, as `printf` would write it.
__attribute__((format(printf, 3, 4))) void
cajal_failure_set(cajal_codec_failure *failure, cajal_failure_kind kind, const char *format, ...);

struct cajal_image_reader {
  bool (*read_rows)(cajal_image_reader *reader, uint8_t *pixels, size_t rows);
  void (*close)(cajal_image_reader *reader);
  cajal_byte_source *source;
  cajal_image_header header;
  size_t memory_limit;
  bool is_started;
  /// For files of 16 bits; see `cajal_image_set_values`.
  uint16_t white;
  bool keeps_bits;
  uint16_t largest_value;
  /// The failure of the call in progress.
  cajal_codec_failure *failure;
};

struct cajal_image_writer {
  bool (*write_rows)(cajal_image_writer *writer, const uint8_t *pixels, size_t rows);
  void (*close)(cajal_image_writer *writer);
  cajal_image_header header;
  uint8_t *encoded;
  size_t capacity;
  size_t count;
  /// The failure of the call in progress.
  cajal_codec_failure *failure;
};

/// Allocates a session of a format, zeroed but for what all formats share; NULL with a failure.
cajal_image_reader *cajal_reader_allocate(size_t size, cajal_byte_source *source,
                                          size_t memory_limit, cajal_codec_failure *failure);
cajal_image_writer *cajal_writer_allocate(size_t size, const cajal_image_header *header,
                                          cajal_codec_failure *failure);

/// Makes room for at least `added` more encoded bytes.
bool cajal_writer_reserve(cajal_image_writer *writer, size_t added);

/// The orientation in EXIF data, which start with a byte-order mark or with an `Exif` header before
/// it; 1 where there is none or the data make no sense.
uint32_t cajal_exif_orientation(const uint8_t *bytes, size_t count);

/// A row of 8-bit values.
static inline size_t cajal_row_bytes(const cajal_image_header *header) {
  return (size_t)header->width * header->channels;
}
