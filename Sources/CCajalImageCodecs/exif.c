#include "session.h"

#include <string.h>

/// EXIF data are a small TIFF file: a byte order, and a directory of entries of 12 bytes.
typedef struct {
  const uint8_t *bytes;
  size_t count;
  bool is_big_endian;
} exif_data;

enum { orientation_tag = 0x0112, entry_size = 12, short_type = 3, long_type = 4 };

/// The number of `size` bytes at `offset`; outside of the data 0, which is never a value of use.
static uint32_t number(const exif_data *data, size_t offset, size_t size) {
  if (offset > data->count || data->count - offset < size) return 0;
  uint32_t value = 0;
  for (size_t index = 0; index < size; index++) {
    size_t shift = data->is_big_endian ? size - 1 - index : index;
    value |= (uint32_t)data->bytes[offset + index] << (8 * shift);
  }
  return value;
}

/// The value of the entry at `offset`, where it is an orientation.
static uint32_t orientation_at(const exif_data *data, size_t offset) {
  if (number(data, offset, 2) != orientation_tag || number(data, offset + 4, 4) != 1) return 0;
  switch (number(data, offset + 2, 2)) {
  case short_type:
    return number(data, offset + 8, 2);
  case long_type:
    return number(data, offset + 8, 4);
  default:
    return 0;
  }
}

uint32_t cajal_exif_orientation(const uint8_t *bytes, size_t count) {
  static const uint8_t header[] = {'E', 'x', 'i', 'f', 0, 0};
  if (count >= sizeof header && memcmp(bytes, header, sizeof header) == 0) {
    bytes += sizeof header;
    count -= sizeof header;
  }
  if (count < 8) return 1;
  exif_data data = {.bytes = bytes, .count = count, .is_big_endian = bytes[0] == 'M'};
  if (memcmp(bytes, "II*\0", 4) != 0 && memcmp(bytes, "MM\0*", 4) != 0) return 1;
  size_t directory = number(&data, 4, 4);
  size_t entries = number(&data, directory, 2);
  for (size_t index = 0; index < entries; index++) {
    uint32_t orientation = orientation_at(&data, directory + 2 + index * entry_size);
    if (orientation >= 1 && orientation <= 8) return orientation;
  }
  return 1;
}
