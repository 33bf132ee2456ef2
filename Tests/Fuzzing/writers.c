#include "rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(bool holds, const char *what) {
  if (holds) return;
  fprintf(stderr, "%s\n", what);
  abort();
}

static size_t row_size(const cajal_image_header *header) {
  return (size_t)header->width * (header->channels + header->has_alpha) * (header->bits / 8);
}

typedef struct {
  uint8_t *bytes;
  size_t count;
} encoded_file;

/// Encodes `rows` at a time, and takes what is there after each of them.
static encoded_file encode(const cajal_image_header *header, int quality, const uint8_t *pixels,
                           size_t rows) {
  cajal_codec_failure failure = {0};
  const cajal_image_metadata metadata = {.pixel_width = 0.5, .pixel_height = 2};
  cajal_image_writer *writer = quality > 0 ? cajal_jpeg_create(header, quality, &metadata, &failure)
                                           : cajal_png_create(header, &metadata, &failure);
  check(writer != NULL, failure.text);
  encoded_file file = {0};
  size_t row_bytes = row_size(header);
  for (size_t y = 0; y < header->height; y += rows) {
    size_t left = header->height - y, now = rows < left ? rows : left;
    check(cajal_image_write_rows(writer, pixels + y * row_bytes, now, &failure), failure.text);
    size_t added;
    const uint8_t *taken = cajal_image_take_encoded(writer, &added);
    file.bytes = realloc(file.bytes, file.count + added + 1);
    if (added > 0) memcpy(file.bytes + file.count, taken, added);
    file.count += added;
  }
  cajal_image_writer_close(writer);
  return file;
}

/// The first bytes choose width, the kind of values, quality (0 is PNG) and rows; the others are the
/// pixels.
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
  if (count < 4) return 0;
  cajal_image_header header = {
      .width = bytes[0] + 1u, .channels = bytes[1] % 2 ? 3 : 1, .bits = 8, .orientation = 1};
  int quality = bytes[2] % 101;
  if (quality == 0) {
    header.has_alpha = bytes[1] & 2;
    header.bits = bytes[1] & 4 ? 16 : 8;
  }
  size_t rows = bytes[3] + 1;
  bytes += 4;
  count -= 4;
  size_t row_bytes = row_size(&header);
  header.height = (uint32_t)(count / row_bytes);
  if (header.height == 0) return 0;

  encoded_file whole = encode(&header, quality, bytes, header.height);
  encoded_file parts = encode(&header, quality, bytes, rows);
  check(whole.count == parts.count && memcmp(whole.bytes, parts.bytes, whole.count) == 0,
        "different files");
  cajal_codec_failure failure = {0};
  cajal_image_header read = {0};
  cajal_byte_source *source = cajal_source_borrow(whole.bytes, whole.count);
  cajal_image_reader *reader = (quality > 0 ? cajal_jpeg_open : cajal_png_open)(
      source, 1 << 24, &read, &failure);
  check(reader != NULL, failure.text);
  check(memcmp(&read, &header, sizeof read) == 0, "different headers");
  check(cajal_image_get_metadata(reader)->pixel_width == 0.5, "another pixel size");
  cajal_image_set_values(reader, UINT16_MAX, true, true);
  uint8_t *pixels = malloc(row_bytes * header.height);
  check(cajal_image_read_rows(reader, pixels, header.height, &failure), failure.text);
  check(quality > 0 || memcmp(pixels, bytes, row_bytes * header.height) == 0, "different pixels");
  cajal_image_reader_close(reader);
  cajal_source_close(source);
  free(pixels);
  free(whole.bytes);
  free(parts.bytes);
  return 0;
}
