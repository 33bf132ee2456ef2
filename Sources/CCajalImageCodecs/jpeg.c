#include "cajal_image_codecs.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

#include <jerror.h>

/// A scan is one pass over the whole image; a small file that repeats it thousands of times is an
/// attack. Encoders write about ten.
enum { maximum_scans = 500 };

/// libjpeg's error manager, with where to jump and what to say.
typedef struct {
  struct jpeg_error_mgr manager;
  jmp_buf jump;
  cajal_codec_message *message;
} jpeg_failure;

static void fail(j_common_ptr codec) {
  jpeg_failure *failure = (jpeg_failure *)codec->err;
  char text[JMSG_LENGTH_MAX];
  codec->err->format_message(codec, text);
  snprintf(failure->message->text, sizeof failure->message->text, "%s", text);
  longjmp(failure->jump, 1);
}

/// libjpeg fills the missing part of damaged images with grey and warns; here that is an error.
/// Other warnings (bytes between markers, unknown versions) leave the pixels right.
static void judge_message(j_common_ptr codec, int level) {
  if (level >= 0) return;
  switch (codec->err->msg_code) {
  case JWRN_JPEG_EOF:
  case JWRN_HIT_MARKER:
  case JWRN_HUFF_BAD_CODE:
  case JWRN_ARITH_BAD_CODE:
  case JWRN_MUST_RESYNC:
  case JWRN_BOGUS_PROGRESSION:
    fail(codec);
  }
}

static struct jpeg_error_mgr *prepare(jpeg_failure *failure, cajal_codec_message *message) {
  struct jpeg_error_mgr *manager = jpeg_std_error(&failure->manager);
  manager->error_exit = fail;
  manager->emit_message = judge_message;
  failure->message = message;
  return manager;
}

static void limit_scans(j_common_ptr codec) {
  j_decompress_ptr decoder = (j_decompress_ptr)codec;
  if (!codec->is_decompressor || decoder->input_scan_number <= maximum_scans) return;
  jpeg_failure *failure = (jpeg_failure *)codec->err;
  snprintf(failure->message->text, sizeof failure->message->text,
           "it has more than %d scans", (int)maximum_scans);
  longjmp(failure->jump, 1);
}

static uint32_t channels(const struct jpeg_decompress_struct *decoder) {
  switch (decoder->jpeg_color_space) {
  case JCS_GRAYSCALE:
    return 1;
  case JCS_YCbCr:
  case JCS_RGB:
    return 3;
  default:
    return 0;
  }
}

/// Reads up to the first scan. The caller has called `setjmp`.
static void begin(j_decompress_ptr decoder, const uint8_t *bytes, size_t count) {
  jpeg_create_decompress(decoder);
  jpeg_mem_src(decoder, (uint8_t *)bytes, (unsigned long)count);
  jpeg_read_header(decoder, TRUE);
}

bool cajal_jpeg_read_header(const uint8_t *bytes, size_t count, cajal_image_header *header,
                            cajal_codec_message *message) {
  struct jpeg_decompress_struct decoder = {0};
  jpeg_failure failure;
  decoder.err = prepare(&failure, message);
  if (setjmp(failure.jump)) {
    jpeg_destroy_decompress(&decoder);
    return false;
  }
  begin(&decoder, bytes, count);
  header->width = decoder.image_width;
  header->height = decoder.image_height;
  header->channels = channels(&decoder);
  jpeg_destroy_decompress(&decoder);
  return true;
}

bool cajal_jpeg_decode(const uint8_t *bytes, size_t count, const cajal_image_header *header,
                       size_t memory_limit, uint8_t *pixels, cajal_codec_message *message) {
  struct jpeg_decompress_struct decoder = {0};
  struct jpeg_progress_mgr progress = {.progress_monitor = limit_scans};
  jpeg_failure failure;
  decoder.err = prepare(&failure, message);
  if (setjmp(failure.jump)) {
    jpeg_destroy_decompress(&decoder);
    return false;
  }
  begin(&decoder, bytes, count);
  decoder.progress = &progress;
  decoder.mem->max_memory_to_use = (long)memory_limit;
  decoder.out_color_space = header->channels == 3 ? JCS_RGB : JCS_GRAYSCALE;
  jpeg_start_decompress(&decoder);
  if (decoder.output_width != header->width || decoder.output_height != header->height ||
      decoder.output_components != (int)header->channels) {
    ERREXIT(&decoder, JERR_CONVERSION_NOTIMPL);
  }
  size_t row_bytes = (size_t)header->width * header->channels;
  while (decoder.output_scanline < decoder.output_height) {
    JSAMPROW row = pixels + decoder.output_scanline * row_bytes;
    jpeg_read_scanlines(&decoder, &row, 1);
  }
  jpeg_finish_decompress(&decoder);
  jpeg_destroy_decompress(&decoder);
  return true;
}

/// A destination that grows. (`jpeg_mem_dest` loses track of its buffer when an error stops it.)
typedef struct {
  struct jpeg_destination_mgr manager;
  cajal_encoded_image *encoded;
} jpeg_destination;

/// Makes room for `added` bytes more; all that the buffer held until now is in use, which is the
/// state in which libjpeg asks. `count` is the size of the buffer until the end sets it.
static void grow(j_compress_ptr encoder, size_t added) {
  jpeg_destination *destination = (jpeg_destination *)encoder->dest;
  cajal_encoded_image *encoded = destination->encoded;
  uint8_t *grown = realloc(encoded->bytes, encoded->count + added);
  if (grown == NULL) ERREXIT1(encoder, JERR_OUT_OF_MEMORY, 0);
  destination->manager.next_output_byte = grown + encoded->count;
  destination->manager.free_in_buffer = added;
  encoded->bytes = grown;
  encoded->count += added;
}

static void start_output(j_compress_ptr encoder) { grow(encoder, 1 << 14); }

static boolean continue_output(j_compress_ptr encoder) {
  grow(encoder, ((jpeg_destination *)encoder->dest)->encoded->count);
  return TRUE;
}

static void end_output(j_compress_ptr encoder) {
  jpeg_destination *destination = (jpeg_destination *)encoder->dest;
  destination->encoded->count =
      (size_t)(destination->manager.next_output_byte - destination->encoded->bytes);
}

static bool encode(const uint8_t *pixels, const cajal_image_header *header, int quality,
                   jpeg_destination *destination, cajal_codec_message *message) {
  struct jpeg_compress_struct encoder = {0};
  jpeg_failure failure;
  encoder.err = prepare(&failure, message);
  if (setjmp(failure.jump)) {
    jpeg_destroy_compress(&encoder);
    return false;
  }
  jpeg_create_compress(&encoder);
  encoder.dest = &destination->manager;
  encoder.image_width = header->width;
  encoder.image_height = header->height;
  encoder.input_components = (int)header->channels;
  encoder.in_color_space = header->channels == 3 ? JCS_RGB : JCS_GRAYSCALE;
  jpeg_set_defaults(&encoder);
  jpeg_set_quality(&encoder, quality, TRUE);
  jpeg_start_compress(&encoder, TRUE);
  size_t row_bytes = (size_t)header->width * header->channels;
  while (encoder.next_scanline < encoder.image_height) {
    JSAMPROW row = (JSAMPROW)(pixels + encoder.next_scanline * row_bytes);
    jpeg_write_scanlines(&encoder, &row, 1);
  }
  jpeg_finish_compress(&encoder);
  jpeg_destroy_compress(&encoder);
  return true;
}

bool cajal_jpeg_encode(const uint8_t *pixels, const cajal_image_header *header, int quality,
                       cajal_encoded_image *encoded, cajal_codec_message *message) {
  jpeg_destination destination = {
      .manager = {.init_destination = start_output,
                  .empty_output_buffer = continue_output,
                  .term_destination = end_output},
      .encoded = encoded,
  };
  bool done = encode(pixels, header, quality, &destination, message);
  if (!done) cajal_codec_release(encoded);
  return done;
}
