#include "png_failure.h"
#include "png_metadata.h"

#include <setjmp.h>
#include <string.h>

typedef struct {
  cajal_image_writer base;
  png_structp png;
  png_infop info;
  size_t next_row;
} png_writer;

static void write_bytes(png_structp png, png_bytep source, size_t count) {
  cajal_image_writer *writer = png_get_io_ptr(png);
  if (!cajal_writer_reserve(writer, count)) png_error(png, "there is no memory left");
  memcpy(writer->encoded + writer->count, source, count);
  writer->count += count;
}

static void flush_nothing(png_structp png) { (void)png; }

static int color_type(const cajal_image_header *header) {
  return (header->channels == 3 ? PNG_COLOR_MASK_COLOR : 0) |
         (header->has_alpha ? PNG_COLOR_MASK_ALPHA : 0);
}

static bool start(png_writer *writer, const cajal_image_metadata *metadata) {
  png_structp png = writer->png;
  const cajal_image_header *header = &writer->base.header;
  if (setjmp(png_jmpbuf(png))) return false;
  png_set_write_fn(png, &writer->base, write_bytes, flush_nothing);
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_IHDR(png, writer->info, header->width, header->height, (int)header->bits,
               color_type(header), PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  // For pictures of tissue one filter does as well as a choice among all, which costs more; and
  // beyond this level the time grows much faster than the files shrink.
  png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_PAETH);
  png_set_compression_level(png, 3);
  cajal_png_add_metadata(png, writer->info, header, metadata);
  png_write_info(png, writer->info);
  if (header->bits == 16 && cajal_is_little_endian()) png_set_swap(png);
  return true;
}

static bool write_rows(cajal_image_writer *base, const uint8_t *pixels, size_t rows) {
  png_writer *writer = (png_writer *)base;
  if (setjmp(png_jmpbuf(writer->png))) return false;
  for (size_t row = 0; row < rows; row++) {
    png_write_row(writer->png, pixels + row * cajal_taken_row_bytes(&base->header));
  }
  writer->next_row += rows;
  if (rows > 0 && writer->next_row == base->header.height) png_write_end(writer->png, NULL);
  return true;
}

static void close_writer(cajal_image_writer *base) {
  png_writer *writer = (png_writer *)base;
  png_destroy_write_struct(&writer->png, &writer->info);
}

cajal_image_writer *cajal_png_create(const cajal_image_header *header,
                                     const cajal_image_metadata *metadata,
                                     cajal_codec_failure *failure) {
  cajal_image_writer *base = cajal_writer_allocate(sizeof(png_writer), header, failure);
  if (base == NULL) return NULL;
  base->write_rows = write_rows;
  base->close = close_writer;
  png_writer *writer = (png_writer *)base;
  writer->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &base->failure, cajal_png_fail,
                                        cajal_png_ignore_warning);
  if (writer->png != NULL) writer->info = png_create_info_struct(writer->png);
  if (writer->info == NULL) {
    cajal_failure_set(failure, cajal_failure_kind_damaged, "libpng did not start");
  } else if (start(writer, metadata)) {
    return base;
  }
  cajal_image_writer_close(base);
  return NULL;
}
