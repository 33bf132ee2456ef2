// Shared by all formats: a source of bytes, and a session with functions of its format.

#pragma once

#include "cajal_image_codecs.h"

/// Bytes from `next` on have not been consumed by a codec.
struct cajal_byte_source {
  const uint8_t *next;
  size_t available;
  /// Negative where the bytes are in memory.
  int descriptor;
  size_t chunk_size;
  /// The bytes that may be read from the file, in all and still.
  size_t limit, allowed;
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
  /// See `cajal_image_set_values`.
  uint16_t white;
  bool keeps_bits;
  bool keeps_alpha;
  uint16_t largest_value;
  /// The profile is freed with the reader.
  cajal_image_metadata metadata;
  /// One level, the header's size, where a format sets none.
  cajal_image_level levels[CAJAL_MOST_LEVELS];
  uint32_t level_count;
  /// The part of the rows that are given, as they are stored; see `cajal_image_set_window`.
  uint32_t left, top;
  cajal_image_level window;
  /// Moves on by rows without decoding them; NULL where they have to be decoded.
  bool (*skip_rows)(cajal_image_reader *reader, size_t rows);
  /// A row of the whole picture, where a format gives only such.
  uint8_t *whole_row;
  /// Whether `read_rows` gives only the columns of the window.
  bool reads_columns;
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

/// Stores the header, and sets the window, and the levels where there are none, to its size.
void cajal_reader_set_header(cajal_image_reader *reader, const cajal_image_header *header);

/// Makes room for at least `added` more encoded bytes.
bool cajal_writer_reserve(cajal_image_writer *writer, size_t added);

/// What is used of EXIF data.
typedef struct {
  /// 1 to 8; 0 where there is none.
  uint32_t orientation;
  /// Width and height of a pixel in micrometers; 0 where there is none.
  double pixel_width;
  double pixel_height;
} cajal_exif;

/// Reads EXIF data, which start with a byte-order mark or with an `Exif` header before it. What is
/// missing or makes no sense is 0.
cajal_exif cajal_exif_read(const uint8_t *bytes, size_t count);

/// Stores a profile that `malloc` allocated, or frees it where it does not describe colors of the
/// reader's channels. The header has been read.
void cajal_reader_adopt_profile(cajal_image_reader *reader, uint8_t *profile, size_t size);

/// The side of a pixel where so many of them have a length in micrometers; 0 where that makes no
/// sense.
double cajal_pixel_side(double pixels, double length);

/// The channels of rows that a reader gives, alpha included.
static inline size_t cajal_given_channels(const cajal_image_reader *reader) {
  return reader->header.channels + (reader->keeps_alpha && reader->header.has_alpha);
}

/// Gives so many 16-bit values, those of whole pixels, as they are or as 8 bits, and notes the
/// largest color.
void cajal_give_deep_values(cajal_image_reader *reader, const uint8_t *values, size_t count,
                            uint8_t *pixels);

/// The bytes of a pixel that a reader gives.
static inline size_t cajal_given_pixel_bytes(const cajal_image_reader *reader) {
  return cajal_given_channels(reader) * (reader->keeps_bits ? reader->header.bits / 8 : 1);
}

/// The values of a whole row that a reader gives.
static inline size_t cajal_given_values(const cajal_image_reader *reader) {
  return reader->header.width * cajal_given_channels(reader);
}

/// The bytes of a whole row that a reader gives.
static inline size_t cajal_given_row_bytes(const cajal_image_reader *reader) {
  return reader->header.width * cajal_given_pixel_bytes(reader);
}

/// The bytes of a row that a writer takes.
static inline size_t cajal_taken_row_bytes(const cajal_image_header *header) {
  return (size_t)header->width * (header->channels + header->has_alpha) * (header->bits / 8);
}

/// Whether the machine's values of 16 bits start with their lower half.
static inline bool cajal_is_little_endian(void) {
  const uint16_t one = 1;
  return *(const uint8_t *)&one == 1;
}
