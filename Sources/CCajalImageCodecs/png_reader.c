#include "png_failure.h"
#include "png_metadata.h"
#include "png_orientation.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

// Variables that change after `setjmp` live behind the pointer to this structure, so that they are
// well defined after a jump.
typedef struct {
  cajal_image_reader base;
  png_structp png;
  png_infop info;
  int passes;
  size_t next_row;
  /// The whole picture as libpng gives it, where it is interlaced and read in parts or narrowed.
  uint8_t *whole;
  /// A row of 16-bit values that are to become 8 bits.
  uint8_t *deep_row;
} png_reader;

/// The bytes of a row as libpng gives it.
static size_t stored_row_bytes(const cajal_image_reader *reader) {
  return cajal_given_values(reader) * (reader->header.bits / 8);
}

static void read_bytes(png_structp png, png_bytep destination, size_t count) {
  png_reader *reader = png_get_io_ptr(png);
  cajal_byte_source *source = reader->base.source;
  while (count > 0) {
    if (source->available == 0 && !cajal_source_refill(source, reader->base.failure)) {
      png_longjmp(png, 1);
    }
    size_t taken = count < source->available ? count : source->available;
    memcpy(destination, source->next, taken);
    source->next += taken;
    source->available -= taken;
    destination += taken;
    count -= taken;
  }
}

static bool has_declared_pixels(const png_reader *reader) {
  const cajal_image_header *header = &reader->base.header;
  return png_get_image_width(reader->png, reader->info) == header->width &&
         png_get_image_height(reader->png, reader->info) == header->height &&
         png_get_rowbytes(reader->png, reader->info) == stored_row_bytes(&reader->base);
}

/// Asks libpng for gray or red, green and blue, of 16 bits where the file has them and of 8 where
/// not, with white behind what is transparent unless alpha is kept.
static void start(png_reader *reader) {
  png_structp png = reader->png;
  bool is_deep = reader->base.header.bits == 16;
  uint16_t value = is_deep ? reader->base.white : 0xff;
  const png_color_16 white = {.red = value, .green = value, .blue = value, .gray = value};
  png_set_expand(png);
  if (is_deep && cajal_is_little_endian()) png_set_swap(png);
  if (!reader->base.keeps_alpha) {
    png_set_background(png, &white, PNG_BACKGROUND_GAMMA_SCREEN, 0, 1.0);
  }
  reader->passes = png_set_interlace_handling(png);
  png_read_update_info(png, reader->info);
  if (!has_declared_pixels(reader)) png_error(png, "its pixels do not have the declared form");
  if (!is_deep) return;
  reader->deep_row = malloc(stored_row_bytes(&reader->base));
  if (reader->deep_row == NULL) png_error(png, "there is no memory left for a row");
}

/// Hands over a row of the file to the caller, who gets 16-bit values as they are or as 8 bits.
static void give_row(png_reader *reader, const uint8_t *row, uint8_t *pixels) {
  cajal_image_reader *base = &reader->base;
  if (base->header.bits == 8) {
    memcpy(pixels, row, stored_row_bytes(base));
    return;
  }
  cajal_give_deep_values(base, row, cajal_given_values(base), pixels);
}

/// Reads the next rows of a picture whose rows follow each other, or all rows of an interlaced one,
/// as libpng gives them.
static void read_in_order(png_reader *reader, uint8_t *pixels, size_t rows) {
  size_t row_bytes = stored_row_bytes(&reader->base);
  for (int pass = 0; pass < reader->passes; pass++) {
    for (size_t row = 0; row < rows; row++) {
      png_read_row(reader->png, pixels + row * row_bytes, NULL);
    }
  }
}

static void hold_whole(png_reader *reader) {
  cajal_image_reader *base = &reader->base;
  size_t row_bytes = stored_row_bytes(base);
  if (row_bytes <= base->memory_limit / base->header.height) {
    reader->whole = malloc(row_bytes * base->header.height);
  }
  if (reader->whole == NULL) {
    cajal_failure_set(base->failure, cajal_failure_kind_too_large,
                      "it is interlaced, and there is no memory for all of it");
    png_longjmp(reader->png, 1);
  }
  read_in_order(reader, reader->whole, base->header.height);
}

/// Reads the next rows in the form that the caller gets.
static void read_given_rows(png_reader *reader, uint8_t *pixels, size_t rows) {
  cajal_image_reader *base = &reader->base;
  bool is_interlaced = base->header.needs_whole_picture, is_deep = base->header.bits == 16;
  if (!is_deep && !(is_interlaced && rows < base->header.height)) {
    read_in_order(reader, pixels, rows);
    return;
  }
  if (is_interlaced && reader->whole == NULL) hold_whole(reader);
  for (size_t row = 0; row < rows; row++) {
    const uint8_t *stored = reader->deep_row;
    if (is_interlaced) {
      stored = reader->whole + (reader->next_row + row) * stored_row_bytes(base);
    } else {
      read_in_order(reader, reader->deep_row, 1);
    }
    give_row(reader, stored, pixels + row * cajal_given_row_bytes(base));
  }
}

static bool read_rows(cajal_image_reader *base, uint8_t *pixels, size_t rows) {
  png_reader *reader = (png_reader *)base;
  if (setjmp(png_jmpbuf(reader->png))) return false;
  if (!base->is_started) start(reader);
  base->is_started = true;
  read_given_rows(reader, pixels, rows);
  reader->next_row += rows;
  if (reader->next_row == base->header.height) png_read_end(reader->png, NULL);
  return true;
}

static void close_reader(cajal_image_reader *base) {
  png_reader *reader = (png_reader *)base;
  png_destroy_read_struct(&reader->png, &reader->info, NULL);
  free(reader->whole);
  free(reader->deep_row);
}

static bool read_header(png_reader *reader, cajal_image_header *header) {
  png_structp png = reader->png;
  uint32_t orientation = cajal_png_orientation(reader->base.source);
  if (setjmp(png_jmpbuf(png))) return false;
  png_set_read_fn(png, reader, read_bytes);
  // The limits on sides are the caller's, who words them.
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  // Chunks that say nothing about the values (texts, profiles) are passed over, rather than held
  // in as much memory as they declare.
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  cajal_png_keep_metadata(png);
  png_read_info(png, reader->info);
  bool color = png_get_color_type(png, reader->info) & PNG_COLOR_MASK_COLOR;
  *header = (cajal_image_header){
      .width = png_get_image_width(png, reader->info),
      .height = png_get_image_height(png, reader->info),
      .channels = color ? 3 : 1,
      .bits = png_get_bit_depth(png, reader->info) == 16 ? 16 : 8,
      .orientation = orientation,
      .needs_whole_picture =
          png_get_interlace_type(png, reader->info) != PNG_INTERLACE_NONE,
      .has_alpha = (png_get_color_type(png, reader->info) & PNG_COLOR_MASK_ALPHA) ||
                   png_get_valid(png, reader->info, PNG_INFO_tRNS),
  };
  cajal_reader_set_header(&reader->base, header);
  cajal_png_read_metadata(png, reader->info, &reader->base);
  return true;
}

cajal_image_reader *cajal_png_open(cajal_byte_source *source, size_t memory_limit,
                                   cajal_image_header *header, cajal_codec_failure *failure) {
  cajal_image_reader *base =
      cajal_reader_allocate(sizeof(png_reader), source, memory_limit, failure);
  if (base == NULL) return NULL;
  base->read_rows = read_rows;
  base->close = close_reader;
  png_reader *reader = (png_reader *)base;
  reader->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &base->failure, cajal_png_fail,
                                       cajal_png_ignore_warning);
  if (reader->png != NULL) reader->info = png_create_info_struct(reader->png);
  if (reader->info == NULL) {
    cajal_failure_set(failure, cajal_failure_kind_damaged, "libpng did not start");
  } else if (read_header(reader, header)) {
    return base;
  }
  cajal_image_reader_close(base);
  return NULL;
}
