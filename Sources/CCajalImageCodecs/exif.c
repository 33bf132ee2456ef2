#include "session.h"

#include <string.h>

/// EXIF data are a small TIFF file: a byte order, and a directory of entries of 12 bytes.
typedef struct {
  const uint8_t *bytes;
  size_t count;
  bool is_big_endian;
} exif_data;

enum {
  orientation_tag = 0x0112,
  columns_tag = 0x011A,
  rows_tag = 0x011B,
  unit_tag = 0x0128,
  entry_size = 12,
  short_type = 3,
  long_type = 4,
  rational_type = 5,
};

/// What the directory says; 0 where it says nothing.
typedef struct {
  uint32_t orientation;
  /// Pixels per unit, and the unit: 2 is an inch, which is meant where none is named, 3 a
  /// centimeter.
  double columns, rows;
  uint32_t unit;
} exif_entries;

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

/// The integer of the entry at `offset`; 0 where it is none.
static uint32_t integer_at(const exif_data *data, size_t offset) {
  switch (number(data, offset + 2, 2)) {
  case short_type:
    return number(data, offset + 8, 2);
  case long_type:
    return number(data, offset + 8, 4);
  default:
    return 0;
  }
}

/// The fraction of the entry at `offset`; 0 where it is none.
static double fraction_at(const exif_data *data, size_t offset) {
  if (number(data, offset + 2, 2) != rational_type) return 0;
  size_t place = number(data, offset + 8, 4);
  uint32_t denominator = number(data, place + 4, 4);
  return denominator > 0 ? (double)number(data, place, 4) / denominator : 0;
}

/// Reads the entry at `offset`. The first useful one of each kind counts.
static void read_entry(const exif_data *data, size_t offset, exif_entries *entries) {
  if (number(data, offset + 4, 4) != 1) return;
  uint32_t orientation;
  switch (number(data, offset, 2)) {
  case orientation_tag:
    orientation = integer_at(data, offset);
    if (entries->orientation == 0 && orientation <= 8) entries->orientation = orientation;
    break;
  case columns_tag:
    if (entries->columns == 0) entries->columns = fraction_at(data, offset);
    break;
  case rows_tag:
    if (entries->rows == 0) entries->rows = fraction_at(data, offset);
    break;
  case unit_tag:
    if (entries->unit == 0) entries->unit = integer_at(data, offset);
    break;
  }
}

cajal_exif cajal_exif_read(const uint8_t *bytes, size_t count) {
  static const uint8_t header[] = {'E', 'x', 'i', 'f', 0, 0};
  if (count >= sizeof header && memcmp(bytes, header, sizeof header) == 0) {
    bytes += sizeof header;
    count -= sizeof header;
  }
  if (count < 8) return (cajal_exif){0};
  exif_data data = {.bytes = bytes, .count = count, .is_big_endian = bytes[0] == 'M'};
  if (memcmp(bytes, "II*\0", 4) != 0 && memcmp(bytes, "MM\0*", 4) != 0) return (cajal_exif){0};
  size_t directory = number(&data, 4, 4);
  size_t count_of_entries = number(&data, directory, 2);
  exif_entries entries = {0};
  for (size_t index = 0; index < count_of_entries; index++) {
    read_entry(&data, directory + 2 + index * entry_size, &entries);
  }
  double unit = entries.unit == 3 ? 1e4 : entries.unit == 2 || entries.unit == 0 ? 25.4e3 : 0;
  return (cajal_exif){
      .orientation = entries.orientation,
      .pixel_width = cajal_pixel_side(entries.columns, unit),
      .pixel_height = cajal_pixel_side(entries.rows, unit),
  };
}
