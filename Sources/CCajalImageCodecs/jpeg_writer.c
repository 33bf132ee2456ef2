#include "jpeg_failure.h"
#include "jpeg_markers.h"

#include <jerror.h>

/// A destination that grows and is emptied between calls.
typedef struct {
  cajal_image_writer base;
  struct jpeg_compress_struct encoder;
  cajal_jpeg_errors errors;
  struct jpeg_destination_mgr destination;
} jpeg_writer;

static jpeg_writer *session(j_compress_ptr encoder) { return encoder->client_data; }

/// Lets libjpeg write behind the first `count` encoded bytes, where there is room for some.
static void offer(jpeg_writer *writer) {
  cajal_image_writer *base = &writer->base;
  if (!cajal_writer_reserve(base, 1 << 12)) ERREXIT1(&writer->encoder, JERR_OUT_OF_MEMORY, 0);
  writer->destination.next_output_byte = base->encoded + base->count;
  writer->destination.free_in_buffer = base->capacity - base->count;
}

/// Counts what libjpeg has written into the buffer.
static void take(jpeg_writer *writer) {
  writer->base.count = writer->base.capacity - writer->destination.free_in_buffer;
}

static void start_output(j_compress_ptr encoder) { offer(session(encoder)); }

/// libjpeg asks for this when the buffer is full, whatever `free_in_buffer` says.
static boolean continue_output(j_compress_ptr encoder) {
  jpeg_writer *writer = session(encoder);
  writer->base.count = writer->base.capacity;
  offer(writer);
  return TRUE;
}

static void end_output(j_compress_ptr encoder) { (void)encoder; }

static bool start(jpeg_writer *writer, int quality, const cajal_image_metadata *metadata) {
  j_compress_ptr encoder = &writer->encoder;
  const cajal_image_header *header = &writer->base.header;
  if (setjmp(writer->errors.jump)) return false;
  jpeg_create_compress(encoder);
  encoder->dest = &writer->destination;
  encoder->image_width = header->width;
  encoder->image_height = header->height;
  encoder->input_components = (int)header->channels;
  encoder->in_color_space = header->channels == 3 ? JCS_RGB : JCS_GRAYSCALE;
  jpeg_set_defaults(encoder);
  jpeg_set_quality(encoder, quality, TRUE);
  cajal_jpeg_set_density(encoder, metadata);
  jpeg_start_compress(encoder, TRUE);
  cajal_jpeg_write_profile(encoder, metadata);
  take(writer);
  return true;
}

static bool write_rows(cajal_image_writer *base, const uint8_t *pixels, size_t rows) {
  jpeg_writer *writer = (jpeg_writer *)base;
  j_compress_ptr encoder = &writer->encoder;
  if (rows == 0) return true;
  if (setjmp(writer->errors.jump)) return false;
  offer(writer);
  size_t row_bytes = cajal_taken_row_bytes(&base->header);
  for (size_t index = 0; index < rows; index++) {
    JSAMPROW row = (JSAMPROW)(pixels + index * row_bytes);
    jpeg_write_scanlines(encoder, &row, 1);
  }
  if (encoder->next_scanline == encoder->image_height) jpeg_finish_compress(encoder);
  take(writer);
  return true;
}

static void close_writer(cajal_image_writer *base) {
  jpeg_destroy_compress(&((jpeg_writer *)base)->encoder);
}

cajal_image_writer *cajal_jpeg_create(const cajal_image_header *header, int quality,
                                      const cajal_image_metadata *metadata,
                                      cajal_codec_failure *failure) {
  cajal_image_writer *base = cajal_writer_allocate(sizeof(jpeg_writer), header, failure);
  if (base == NULL) return NULL;
  base->write_rows = write_rows;
  base->close = close_writer;
  jpeg_writer *writer = (jpeg_writer *)base;
  writer->encoder.err = cajal_jpeg_prepare(&writer->errors, &base->failure);
  writer->encoder.client_data = writer;
  writer->destination = (struct jpeg_destination_mgr){
      .init_destination = start_output,
      .empty_output_buffer = continue_output,
      .term_destination = end_output,
  };
  if (start(writer, quality, metadata)) return base;
  cajal_image_writer_close(base);
  return NULL;
}
