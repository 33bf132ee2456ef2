#include "jpeg_markers.h"
#include "jpeg_failure.h"

#include <jerror.h>
#include <stdlib.h>
#include <string.h>

/// A scan is one pass over the whole image; a small file that repeats it thousands of times is an
/// attack. Encoders write about ten.
enum { maximum_scans = 500 };

/// libjpeg-turbo decodes where it has this many bytes before it by code that takes damage (codes
/// that there are none of, filling within the data) for pixels. It never gets as many, so that
/// damage is noticed, and pixels do not depend on how the bytes came. Decoding takes some percent
/// longer.
enum { bytes_of_hasty_decoding = 512 };

/// The alignment at which libjpeg-turbo uses non-temporal stores; see `read_row`.
enum { stream_alignment = 32 };

// Variables that change after `setjmp` live behind the pointer to this structure, so that they are
// well defined after a jump.
typedef struct {
  cajal_image_reader base;
  struct jpeg_decompress_struct decoder;
  cajal_jpeg_errors errors;
  struct jpeg_source_mgr source;
  struct jpeg_progress_mgr progress;
  /// A row beside the caller's; see `read_row`.
  JSAMPROW beside;
  cajal_jpeg_markers markers;
} jpeg_reader;

static jpeg_reader *session(j_decompress_ptr decoder) { return decoder->client_data; }

static void limit_scans(j_common_ptr codec) {
  j_decompress_ptr decoder = (j_decompress_ptr)codec;
  if (decoder->input_scan_number <= maximum_scans) return;
  cajal_failure_set(session(decoder)->base.failure, cajal_failure_kind_damaged,
                    "it has more than %d scans", (int)maximum_scans);
  cajal_jpeg_jump(codec);
}

/// Passes the next of the available bytes to libjpeg.
static void hand_over(jpeg_reader *reader) {
  cajal_byte_source *source = reader->base.source;
  size_t count = source->available < bytes_of_hasty_decoding ? source->available
                                                             : bytes_of_hasty_decoding - 1;
  reader->source.next_input_byte = source->next;
  reader->source.bytes_in_buffer = count;
  source->next += count;
  source->available -= count;
}

static void start_input(j_decompress_ptr decoder) { hand_over(session(decoder)); }

static boolean continue_input(j_decompress_ptr decoder) {
  jpeg_reader *reader = session(decoder);
  cajal_byte_source *source = reader->base.source;
  if (source->available == 0 && !cajal_source_refill(source, reader->base.failure)) {
    cajal_jpeg_jump((j_common_ptr)decoder);
  }
  hand_over(reader);
  return TRUE;
}

static void skip_input(j_decompress_ptr decoder, long count) {
  struct jpeg_source_mgr *source = decoder->src;
  if (count <= 0) return;
  size_t rest = (size_t)count;
  while (rest > source->bytes_in_buffer) {
    rest -= source->bytes_in_buffer;
    continue_input(decoder);
  }
  source->next_input_byte += rest;
  source->bytes_in_buffer -= rest;
}

static void end_input(j_decompress_ptr decoder) { (void)decoder; }

static boolean read_app1(j_decompress_ptr decoder) {
  cajal_jpeg_read_exif(decoder, &session(decoder)->markers);
  return TRUE;
}

static boolean read_app2(j_decompress_ptr decoder) {
  cajal_jpeg_read_profile(decoder, &session(decoder)->markers);
  return TRUE;
}

static bool has_inks(const struct jpeg_decompress_struct *decoder) {
  return decoder->jpeg_color_space == JCS_CMYK || decoder->jpeg_color_space == JCS_YCCK;
}

static uint32_t channels(const struct jpeg_decompress_struct *decoder) {
  switch (decoder->jpeg_color_space) {
  case JCS_GRAYSCALE:
    return 1;
  case JCS_YCbCr:
  case JCS_RGB:
  case JCS_CMYK:
  case JCS_YCCK:
    return 3;
  default:
    return 0;
  }
}

static void start(jpeg_reader *reader) {
  j_decompress_ptr decoder = &reader->decoder;
  const cajal_image_header *header = &reader->base.header;
  int components = has_inks(decoder) ? 4 : (int)header->channels;
  decoder->out_color_space = components == 4   ? JCS_CMYK
                             : components == 3 ? JCS_RGB
                                               : JCS_GRAYSCALE;
  jpeg_start_decompress(decoder);
  if (decoder->output_width != header->width || decoder->output_height != header->height ||
      decoder->output_components != components) {
    ERREXIT(decoder, JERR_CONVERSION_NOTIMPL);
  }
  reader->beside = decoder->mem->alloc_large((j_common_ptr)decoder, JPOOL_IMAGE,
                                             (size_t)header->width * (size_t)components + 1);
  if ((uintptr_t)reader->beside % stream_alignment == 0) reader->beside += 1;
}

/// Red, green and blue of inks that are stored inverted: what each of them leaves of the light.
static void mix_inks(const uint8_t *inks, uint8_t *pixels, size_t width) {
  for (size_t x = 0; x < width; x++) {
    for (size_t channel = 0; channel < 3; channel++) {
      unsigned product = (unsigned)inks[4 * x + channel] * inks[4 * x + 3];
      pixels[3 * x + channel] = (uint8_t)((product + 127) / 255);
    }
  }
}

/// libjpeg-turbo writes a row aligned to 32 bytes with non-temporal stores and waits for memory,
/// which for the short rows of tiles takes as long as decoding them. Such a row is decoded into a
/// buffer and copied.
static void read_row(jpeg_reader *reader, uint8_t *pixels) {
  if (has_inks(&reader->decoder)) {
    jpeg_read_scanlines(&reader->decoder, &reader->beside, 1);
    mix_inks(reader->beside, pixels, reader->base.header.width);
    return;
  }
  bool is_slow = (uintptr_t)pixels % stream_alignment == 0;
  JSAMPROW row = is_slow ? reader->beside : pixels;
  jpeg_read_scanlines(&reader->decoder, &row, 1);
  if (is_slow) memcpy(pixels, row, cajal_given_row_bytes(&reader->base));
}

static bool read_rows(cajal_image_reader *base, uint8_t *pixels, size_t rows) {
  jpeg_reader *reader = (jpeg_reader *)base;
  j_decompress_ptr decoder = &reader->decoder;
  if (setjmp(reader->errors.jump)) return false;
  if (!base->is_started) start(reader);
  base->is_started = true;
  size_t row_bytes = cajal_given_row_bytes(base);
  for (size_t index = 0; index < rows; index++) {
    read_row(reader, pixels + index * row_bytes);
  }
  if (decoder->output_scanline == decoder->output_height) jpeg_finish_decompress(decoder);
  return true;
}

static void close_reader(cajal_image_reader *base) {
  jpeg_reader *reader = (jpeg_reader *)base;
  jpeg_destroy_decompress(&reader->decoder);
  free(reader->markers.profile);
}

/// The density of the JFIF header, or else that of the EXIF data.
static void take_metadata(jpeg_reader *reader) {
  j_decompress_ptr decoder = &reader->decoder;
  cajal_image_metadata *metadata = &reader->base.metadata;
  double unit = !decoder->saw_JFIF_marker    ? 0
                : decoder->density_unit == 1 ? 25.4e3
                : decoder->density_unit == 2 ? 1e4
                                             : 0;
  metadata->pixel_width = cajal_pixel_side(decoder->X_density, unit);
  metadata->pixel_height = cajal_pixel_side(decoder->Y_density, unit);
  if (unit == 0) {
    metadata->pixel_width = reader->markers.exif.pixel_width;
    metadata->pixel_height = reader->markers.exif.pixel_height;
  }
  size_t size = 0;
  uint8_t *profile = cajal_jpeg_take_profile(&reader->markers, &size);
  cajal_reader_adopt_profile(&reader->base, profile, size);
}

static bool read_header(jpeg_reader *reader, cajal_image_header *header) {
  j_decompress_ptr decoder = &reader->decoder;
  if (setjmp(reader->errors.jump)) return false;
  jpeg_create_decompress(decoder);
  decoder->src = &reader->source;
  decoder->progress = &reader->progress;
  decoder->mem->max_memory_to_use = (long)reader->base.memory_limit;
  jpeg_set_marker_processor(decoder, JPEG_APP0 + 1, read_app1);
  jpeg_set_marker_processor(decoder, JPEG_APP0 + 2, read_app2);
  reader->errors.reads_header = true;
  jpeg_read_header(decoder, TRUE);
  reader->errors.reads_header = false;
  *header = (cajal_image_header){
      .width = decoder->image_width,
      .height = decoder->image_height,
      .channels = channels(decoder),
      .bits = 8,
      .orientation =
          reader->markers.exif.orientation > 0 ? reader->markers.exif.orientation : 1,
      .needs_whole_picture = jpeg_has_multiple_scans(decoder),
  };
  cajal_reader_set_header(&reader->base, header);
  take_metadata(reader);
  return true;
}

cajal_image_reader *cajal_jpeg_open(cajal_byte_source *source, size_t memory_limit,
                                    cajal_image_header *header, cajal_codec_failure *failure) {
  cajal_image_reader *base =
      cajal_reader_allocate(sizeof(jpeg_reader), source, memory_limit, failure);
  if (base == NULL) return NULL;
  base->read_rows = read_rows;
  base->close = close_reader;
  jpeg_reader *reader = (jpeg_reader *)base;
  reader->decoder.err = cajal_jpeg_prepare(&reader->errors, &base->failure);
  reader->decoder.client_data = reader;
  reader->progress.progress_monitor = limit_scans;
  reader->source = (struct jpeg_source_mgr){
      .init_source = start_input,
      .fill_input_buffer = continue_input,
      .skip_input_data = skip_input,
      .resync_to_restart = jpeg_resync_to_restart,
      .term_source = end_input,
  };
  if (read_header(reader, header)) return base;
  cajal_image_reader_close(base);
  return NULL;
}
