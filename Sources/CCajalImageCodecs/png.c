#include "cajal_image_codecs.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// libpng keeps no image of its own: rows go straight to and from the caller's pixels.
// Variables that change after `setjmp` live behind the pointer to one of these two structures,
// so that they are well defined after a jump.

typedef struct {
  png_structp png;
  png_infop info;
  const uint8_t *bytes;
  size_t remaining;
  cajal_codec_message *message;
} png_reader;

typedef struct {
  png_structp png;
  png_infop info;
  cajal_encoded_image *encoded;
  size_t capacity;
  cajal_codec_message *message;
} png_writer;

void cajal_codec_release(cajal_encoded_image *image) {
  free(image->bytes);
  image->bytes = NULL;
  image->count = 0;
}

static void fail(png_structp png, png_const_charp text) {
  cajal_codec_message *message = png_get_error_ptr(png);
  snprintf(message->text, sizeof message->text, "%s", text);
  png_longjmp(png, 1);
}

/// Warnings are about ancillary chunks, which say nothing about the pixels.
static void ignore_warning(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

static void read_bytes(png_structp png, png_bytep destination, size_t count) {
  png_reader *reader = png_get_io_ptr(png);
  if (count > reader->remaining) png_error(png, "the file is truncated");
  memcpy(destination, reader->bytes, count);
  reader->bytes += count;
  reader->remaining -= count;
}

static void write_bytes(png_structp png, png_bytep source, size_t count) {
  png_writer *writer = png_get_io_ptr(png);
  cajal_encoded_image *encoded = writer->encoded;
  if (count > writer->capacity - encoded->count) {
    size_t capacity = writer->capacity + writer->capacity / 2 + count;
    uint8_t *grown = realloc(encoded->bytes, capacity);
    if (grown == NULL) png_error(png, "out of memory");
    encoded->bytes = grown;
    writer->capacity = capacity;
  }
  memcpy(encoded->bytes + encoded->count, source, count);
  encoded->count += count;
}

static void flush_nothing(png_structp png) { (void)png; }

/// Starts reading, up to the first pixels. The caller has called `setjmp`.
static void begin(png_reader *reader) {
  png_set_read_fn(reader->png, reader, read_bytes);
  // The limits on sides are the caller's, who words them; chunks keep libpng's own limits.
  png_set_user_limits(reader->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_read_info(reader->png, reader->info);
}

static bool create_reader(png_reader *reader) {
  reader->png =
      png_create_read_struct(PNG_LIBPNG_VER_STRING, reader->message, fail, ignore_warning);
  if (reader->png != NULL) reader->info = png_create_info_struct(reader->png);
  if (reader->info != NULL) return true;
  snprintf(reader->message->text, sizeof reader->message->text, "libpng did not start");
  png_destroy_read_struct(&reader->png, NULL, NULL);
  return false;
}

static void describe(const png_reader *reader, cajal_image_header *header) {
  header->width = png_get_image_width(reader->png, reader->info);
  header->height = png_get_image_height(reader->png, reader->info);
  bool colour = png_get_color_type(reader->png, reader->info) & PNG_COLOR_MASK_COLOR;
  header->channels = colour ? 3 : 1;
}

static bool read_header(png_reader *reader, cajal_image_header *header) {
  if (setjmp(png_jmpbuf(reader->png))) return false;
  begin(reader);
  describe(reader, header);
  return true;
}

bool cajal_png_read_header(const uint8_t *bytes, size_t count, cajal_image_header *header,
                           cajal_codec_message *message) {
  png_reader reader = {.bytes = bytes, .remaining = count, .message = message};
  if (!create_reader(&reader)) return false;
  bool done = read_header(&reader, header);
  png_destroy_read_struct(&reader.png, &reader.info, NULL);
  return done;
}

/// Asks libpng for 8-bit grey or red, green and blue, with white behind what is transparent.
static void request_opaque_bytes(png_reader *reader) {
  png_structp png = reader->png;
  // In the form of the result, 8 bits; libpng widens it where the file has 16.
  const png_color_16 white = {.red = 0xff, .green = 0xff, .blue = 0xff, .gray = 0xff};
  png_set_expand(png);
  png_set_scale_16(png);
  png_set_background(png, &white, PNG_BACKGROUND_GAMMA_SCREEN, 0, 1.0);
}

static bool decode(png_reader *reader, const cajal_image_header *expected, uint8_t *pixels) {
  if (setjmp(png_jmpbuf(reader->png))) return false;
  png_structp png = reader->png;
  begin(reader);
  request_opaque_bytes(reader);
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, reader->info);

  cajal_image_header header;
  describe(reader, &header);
  size_t row_bytes = (size_t)expected->width * expected->channels;
  if (header.width != expected->width || header.height != expected->height ||
      png_get_rowbytes(png, reader->info) != row_bytes) {
    png_error(png, "its pixels do not have the declared form");
  }
  for (int pass = 0; pass < passes; pass++) {
    for (size_t y = 0; y < header.height; y++) png_read_row(png, pixels + y * row_bytes, NULL);
  }
  png_read_end(png, NULL);
  return true;
}

bool cajal_png_decode(const uint8_t *bytes, size_t count, const cajal_image_header *header,
                      uint8_t *pixels, cajal_codec_message *message) {
  png_reader reader = {.bytes = bytes, .remaining = count, .message = message};
  if (!create_reader(&reader)) return false;
  bool done = decode(&reader, header, pixels);
  png_destroy_read_struct(&reader.png, &reader.info, NULL);
  return done;
}

static bool encode(png_writer *writer, const uint8_t *pixels, const cajal_image_header *header) {
  if (setjmp(png_jmpbuf(writer->png))) return false;
  png_structp png = writer->png;
  png_set_write_fn(png, writer, write_bytes, flush_nothing);
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_IHDR(png, writer->info, header->width, header->height, 8,
               header->channels == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_GRAY,
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, writer->info);
  size_t row_bytes = (size_t)header->width * header->channels;
  for (size_t y = 0; y < header->height; y++) png_write_row(png, pixels + y * row_bytes);
  png_write_end(png, NULL);
  return true;
}

bool cajal_png_encode(const uint8_t *pixels, const cajal_image_header *header,
                      cajal_encoded_image *encoded, cajal_codec_message *message) {
  png_writer writer = {.encoded = encoded, .message = message};
  writer.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, message, fail, ignore_warning);
  if (writer.png != NULL) writer.info = png_create_info_struct(writer.png);
  bool done = false;
  if (writer.info != NULL) {
    done = encode(&writer, pixels, header);
  } else {
    snprintf(message->text, sizeof message->text, "libpng did not start");
  }
  png_destroy_write_struct(&writer.png, &writer.info);
  if (!done) cajal_codec_release(encoded);
  return done;
}
