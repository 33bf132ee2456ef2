// PNG, JPEG and TIFF through libpng, libjpeg and libtiff, row by row.
//
// Two of them report errors by longjmp, which must not cross Swift frames. Every function here
// catches such a jump and returns false or NULL with a failure. A session (a reader or a writer)
// may be used by one thread at a time.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The maximum length of a failure's text, including the final zero.
#define CAJAL_FAILURE_TEXT_SIZE 256

typedef enum __attribute__((enum_extensibility(closed))) {
  /// The bytes are damaged or truncated.
  cajal_failure_kind_damaged,
  /// The bytes cannot be read.
  cajal_failure_kind_unreadable,
  /// A limit is exceeded, of bytes of the file or of memory.
  cajal_failure_kind_too_large,
  /// The bytes are of a variant of the format that the library does not decode.
  cajal_failure_kind_unsupported,
} cajal_failure_kind;

/// The reason of a failure: one line of text.
typedef struct {
  cajal_failure_kind kind;
  char text[CAJAL_FAILURE_TEXT_SIZE];
} cajal_codec_failure;

/// The header of a picture.
typedef struct {
  /// Columns and rows as they are stored, before `orientation` is applied.
  uint32_t width;
  uint32_t height;
  /// The number of color channels: 1 (gray) or 3 (red, green, blue); 0 where the colors are of a
  /// kind that is not decoded.
  uint32_t channels;
  /// The bits of a value in the file, 16 or (for all that have fewer) 8.
  uint32_t bits;
  /// The EXIF orientation, 1 to 8: the transform of the stored rows. 1, upright, if the file has no
  /// readable one. Writers ignore it.
  uint32_t orientation;
  /// Whether the first row needs the last byte: interlaced PNG, and JPEG of several scans.
  bool needs_whole_picture;
  /// Whether a channel of opacity follows the colors of a pixel.
  bool has_alpha;
} cajal_image_header;

/// The largest color profile that is read or written, in bytes; larger ones are dropped.
#define CAJAL_LARGEST_PROFILE (4 << 20)

/// The most levels of a picture; each is at most as large as the one before.
#define CAJAL_MOST_LEVELS 32

/// Which picture of a file is read. Formats that hold only one have page 0 and level 0.
typedef struct {
  /// The page, from 0, not counting smaller copies of pages.
  uint32_t page;
  /// 0 for the page itself, 1 for the largest of its smaller copies, and so on.
  uint32_t level;
} cajal_image_part;

/// The size of a level.
typedef struct {
  uint32_t width;
  uint32_t height;
} cajal_image_level;

/// What a file says beside the values.
typedef struct {
  /// Width and height of a pixel as it is stored, in micrometers; 0 where a file does not say them
  /// in units of length.
  double pixel_width;
  double pixel_height;
  /// The ICC profile of the colors; NULL where there is none that suits the channels.
  const uint8_t *profile;
  size_t profile_size;
} cajal_image_metadata;

// MARK: Compressed bytes

/// A source of compressed bytes: memory, or a file that is read in chunks.
typedef struct cajal_byte_source cajal_byte_source;

/// Takes ownership of a file that is open for reading, even on failure, and reads its first chunk.
///
/// `chunk_size`, at least 1, is the size of a chunk; reading more than `limit` bytes in all, from the
/// start on, is a failure.
cajal_byte_source *cajal_source_adopt(int descriptor, size_t chunk_size, size_t limit,
                                      cajal_codec_failure *failure);

/// Whether a file that is read from the start on is short enough, before all of it is; false with a
/// failure.
bool cajal_source_check_size(const cajal_byte_source *source, cajal_codec_failure *failure);

/// Bytes in memory, which must outlive the source; NULL if out of memory.
cajal_byte_source *cajal_source_borrow(const uint8_t *bytes, size_t count);

/// A copy of bytes in memory; NULL if out of memory.
cajal_byte_source *cajal_source_copy(const uint8_t *bytes, size_t count);

/// The first bytes, a whole chunk unless the file is shorter, before a reader consumes them.
const uint8_t *cajal_source_peek(const cajal_byte_source *source, size_t *count);

/// Closes the file. Readers of this source can only be closed from then on. NULL is allowed.
void cajal_source_close(cajal_byte_source *source);

// MARK: Reading

/// A picture that is being decoded.
typedef struct cajal_image_reader cajal_image_reader;

/// Reads the header of a PNG file; `source` must outlive the reader.
///
/// All bit depths become 8 bits, unless `cajal_image_set_values` says otherwise; transparent pixels
/// are composited over white. `memory_limit` limits, in bytes, the memory for a picture that must
/// be held whole. The orientation is found before and after the pixels; in a pipe, only within the
/// first piece.
cajal_image_reader *cajal_png_open(cajal_byte_source *source, size_t memory_limit,
                                   cajal_image_header *header, cajal_codec_failure *failure);

/// Reads the header of a JPEG file, as `cajal_png_open` does.
///
/// Truncated or damaged data is a failure, where libjpeg itself would only warn. JPEG has no
/// checksums: of changed bytes, only those are noticed that make no sense. CMYK becomes RGB without
/// a color profile; inks are taken to be stored inverted, as Adobe's programs store them.
cajal_image_reader *cajal_jpeg_open(cajal_byte_source *source, size_t memory_limit,
                                    cajal_image_header *header, cajal_codec_failure *failure);

/// Reads the header of a TIFF or BigTIFF file, as `cajal_png_open` does.
///
/// The source must be in memory or a regular file. Unsigned values of 1 to 16 bits are read, gray
/// (also with white as 0), of palettes, RGB, and YCbCr in JPEG, in strips or tiles, together or in
/// planes. Memory for a row of tiles, or a strip of planes, counts within the limit.
cajal_image_reader *cajal_tiff_open(cajal_byte_source *source, cajal_image_part part,
                                    size_t memory_limit, cajal_image_header *header,
                                    cajal_codec_failure *failure);

/// Whether a profile is whole, not over the largest size, and of colors of so many channels: others
/// (that of the inks of a CMYK picture, which becomes RGB) would be wrong.
bool cajal_is_usable_profile(const uint8_t *profile, size_t size, uint32_t channels);

/// What the file says beside the values; valid until the reader is closed.
const cajal_image_metadata *cajal_image_get_metadata(const cajal_image_reader *reader);

/// The levels of the picture, from large to small, and their number.
const cajal_image_level *cajal_image_get_levels(const cajal_image_reader *reader, uint32_t *count);

/// Restricts a reader to columns `left ..< left + width` of rows `top ..< top + height`, as they are
/// stored, before the first row is decoded. They must lie inside the picture. Data after the last
/// row are then not checked.
void cajal_image_set_window(cajal_image_reader *reader, uint32_t left, uint32_t top, uint32_t width,
                            uint32_t height);

/// Sets the conversion of values, before the first row is decoded.
///
/// `white`, at least 1 and by default 65535, is the value of white: transparent pixels are
/// composited over it and, unless `keeps_bits`, values from 0 to `white` become 0 to 255 with
/// rounding, larger ones 255. With `keeps_bits`, rows are of 16-bit values in the machine's byte
/// order. Files of fewer bits are unaffected.
///
/// With `keeps_alpha`, transparent pixels are not composited: their opacity, of 0 to the largest
/// value of the depth, follows their colors. Files without alpha are unaffected.
void cajal_image_set_values(cajal_image_reader *reader, uint16_t white, bool keeps_bits,
                            bool keeps_alpha);

/// The largest value of 16 bits that was decoded so far; 0 for other files.
uint16_t cajal_image_largest_value(const cajal_image_reader *reader);

/// Decodes the next rows, at least one and at most as many as are left, into `pixels`, which has
/// room for rows * width * channels values, alpha counted as a channel where it is kept. With the
/// last row, the data after it is checked too.
///
/// After a failure, only closing the reader is allowed.
bool cajal_image_read_rows(cajal_image_reader *reader, uint8_t *pixels, size_t rows,
                           cajal_codec_failure *failure);

/// Passes over the next rows, at most as many as are left. Where rows depend on earlier ones, they
/// are decoded.
bool cajal_image_skip_rows(cajal_image_reader *reader, size_t rows, cajal_codec_failure *failure);

/// Releases the reader. NULL is allowed.
void cajal_image_reader_close(cajal_image_reader *reader);

// MARK: Writing

/// A picture that is being encoded into memory.
typedef struct cajal_image_writer cajal_image_writer;

/// Starts a PNG file of 8 or 16 bits per value. Metadata that PNG cannot express are left out.
cajal_image_writer *cajal_png_create(const cajal_image_header *header,
                                     const cajal_image_metadata *metadata,
                                     cajal_codec_failure *failure);

/// Starts a JPEG file of 8 bits without alpha; `quality` is libjpeg's scale of 1 to 100. Metadata
/// that JPEG cannot express are left out.
cajal_image_writer *cajal_jpeg_create(const cajal_image_header *header, int quality,
                                      const cajal_image_metadata *metadata,
                                      cajal_codec_failure *failure);

/// Encodes the next rows, at most as many as are left; with the last one the file is complete.
/// Values of 16 bits are in the machine's byte order.
///
/// After a failure, only closing the writer is allowed.
bool cajal_image_write_rows(cajal_image_writer *writer, const uint8_t *pixels, size_t rows,
                            cajal_codec_failure *failure);

/// Takes the bytes that were encoded since the last call; they are valid until the next call of
/// any function with this writer.
const uint8_t *cajal_image_take_encoded(cajal_image_writer *writer, size_t *count);

/// Releases the writer. NULL is allowed.
void cajal_image_writer_close(cajal_image_writer *writer);
