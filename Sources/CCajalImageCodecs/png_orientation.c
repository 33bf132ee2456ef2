// For pread, which is not of C itself.
#define _POSIX_C_SOURCE 200809L

#include "png_orientation.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
  signature_size = 8,
  /// Of a chunk: its length and its name before, its checksum behind the data.
  chunk_head_size = 8,
  chunk_frame_size = 12,
  /// The maximum number of bytes used of a chunk: EXIF data in JPEG have no more.
  maximum_exif_size = 1 << 16,
  /// A file of empty chunks is no reason to read for minutes; 2 GiB of usual ones have fewer.
  maximum_chunks = 1 << 20,
};

/// Copies up to `count` bytes from a place in the file, and returns how many there were.
static size_t read_at(const cajal_byte_source *source, uint64_t offset, uint8_t *bytes,
                      size_t count) {
  if (source->descriptor >= 0) {
    ssize_t got = pread(source->descriptor, bytes, count, (off_t)offset);
    if (got >= 0) return (size_t)got;
  }
  // In memory, or a pipe, of which there is the first piece.
  if (offset >= source->available) return 0;
  size_t left = source->available - (size_t)offset;
  size_t taken = count < left ? count : left;
  memcpy(bytes, source->next + offset, taken);
  return taken;
}

static uint32_t orientation_in_chunk(const cajal_byte_source *source, uint64_t offset,
                                     uint32_t length) {
  size_t size = length < maximum_exif_size ? length : maximum_exif_size;
  uint8_t *data = malloc(size + 1);
  if (data == NULL) return 1;
  size_t got = read_at(source, offset, data, size);
  uint32_t orientation = cajal_exif_read(data, got).orientation;
  free(data);
  return orientation > 0 ? orientation : 1;
}

uint32_t cajal_png_orientation(const cajal_byte_source *source) {
  uint64_t offset = signature_size;
  for (int chunk = 0; chunk < maximum_chunks; chunk++) {
    uint8_t head[chunk_head_size];
    if (read_at(source, offset, head, sizeof head) < sizeof head) return 1;
    uint32_t length = (uint32_t)head[0] << 24 | (uint32_t)head[1] << 16 | (uint32_t)head[2] << 8 |
                      (uint32_t)head[3];
    if (length > INT32_MAX || memcmp(head + 4, "IEND", 4) == 0) return 1;
    if (memcmp(head + 4, "eXIf", 4) == 0) {
      return orientation_in_chunk(source, offset + chunk_head_size, length);
    }
    offset += (uint64_t)length + chunk_frame_size;
  }
  return 1;
}
