// For memfd_create.
#define _GNU_SOURCE

#include "rows.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/// As the library does, sizes are held against limits before memory is taken.
enum { most_pixels = 1 << 16, most_memory = 1 << 20 };

static void check(bool holds, const char *what) {
  if (holds) return;
  fprintf(stderr, "%s\n", what);
  abort();
}

/// How values are read.
typedef struct {
  bool keeps_bits, keeps_alpha;
} reading;

static size_t row_size(const cajal_image_header *header, reading how) {
  size_t channels = header->channels + (how.keeps_alpha && header->has_alpha);
  return header->width * channels * (how.keeps_bits ? header->bits / 8 : 1);
}

/// The pixels of a picture, or NULL with a failure; `rows` at a time.
static uint8_t *read_rows(open_function open, cajal_byte_source *source, size_t rows,
                          reading how, cajal_image_header *header,
                          cajal_codec_failure *failure) {
  cajal_image_reader *reader = open(source, most_memory, header, failure);
  if (reader == NULL) return NULL;
  uint8_t *pixels = NULL;
  if (header->channels == 0 || (uint64_t)header->width * header->height > most_pixels) {
    strcpy(failure->text, "over the limits");
  } else {
    check(header->width > 0 && header->height > 0, "a picture without pixels");
    check(header->orientation >= 1 && header->orientation <= 8, "no orientation");
    check(header->bits == 8 || header->bits == 16, "no depth");
    const cajal_image_metadata *metadata = cajal_image_get_metadata(reader);
    check(metadata->pixel_width >= 0 && metadata->pixel_height >= 0, "a negative size");
    check((metadata->profile == NULL) == (metadata->profile_size == 0), "half a profile");
    cajal_image_set_values(reader, how.keeps_bits ? UINT16_MAX : 4095, how.keeps_bits,
                           how.keeps_alpha);
    size_t row_bytes = row_size(header, how);
    pixels = malloc(row_bytes * header->height);
    for (size_t y = 0; y < header->height; y += rows) {
      size_t left = header->height - y;
      // A piece of its own for each reading, so that a byte too many is noticed.
      size_t now = rows < left ? rows : left;
      uint8_t *strip = malloc(row_bytes * now);
      bool done = cajal_image_read_rows(reader, strip, now, failure);
      if (done) memcpy(pixels + y * row_bytes, strip, row_bytes * now);
      free(strip);
      if (done) continue;
      free(pixels);
      pixels = NULL;
      break;
    }
  }
  cajal_image_reader_close(reader);
  return pixels;
}

/// A file in memory, the same one each time, read in pieces of `chunk_size`.
static cajal_byte_source *open_file(const uint8_t *bytes, size_t count, size_t chunk_size,
                                    cajal_codec_failure *failure) {
  static char path[32];
  static int descriptor = -1;
  if (descriptor < 0) {
    descriptor = memfd_create("picture", 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
  }
  check(ftruncate(descriptor, (off_t)count) == 0, "no file");
  check(pwrite(descriptor, bytes, count, 0) == (ssize_t)count, "no file");
  cajal_byte_source *source =
      cajal_source_adopt(open(path, O_RDONLY), chunk_size, count, failure);
  check(source != NULL, failure->text);
  return source;
}

void read_both_ways(open_function open, const uint8_t *bytes, size_t count) {
  if (count < 2) return;
  reading how = {.keeps_bits = bytes[0] >= 128, .keeps_alpha = bytes[0] % 128 >= 64};
  size_t rows = bytes[0] + 1, chunk_size = 8 * bytes[1] + 1;
  bytes += 2;
  count -= 2;

  cajal_image_header header = {0}, header_of_file = {0};
  cajal_codec_failure failure = {0}, failure_of_file = {0};
  cajal_byte_source *memory = cajal_source_borrow(bytes, count);
  uint8_t *whole = read_rows(open, memory, SIZE_MAX / 2, how, &header, &failure);
  cajal_source_close(memory);
  cajal_byte_source *file = open_file(bytes, count, chunk_size, &failure_of_file);
  uint8_t *parts = read_rows(open, file, rows, how, &header_of_file, &failure_of_file);
  cajal_source_close(file);

  check((whole == NULL) == (parts == NULL), "refused in one way alone");
  if (whole == NULL) {
    check(failure.text[0] != 0 && strchr(failure.text, '\n') == NULL, "no line of text");
    // Not the text: of several faults libtiff names another one when it is asked for fewer rows.
    check(failure.kind == failure_of_file.kind, "different failures");
  } else {
    check(memcmp(&header, &header_of_file, sizeof header) == 0, "different headers");
    size_t bytes_of_pixels = row_size(&header, how) * header.height;
    check(memcmp(whole, parts, bytes_of_pixels) == 0, "different pixels");
  }
  free(whole);
  free(parts);
}
