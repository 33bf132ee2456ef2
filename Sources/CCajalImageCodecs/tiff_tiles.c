#include "cajal_tiff_tiles.h"

#include <string.h>
#include <zlib.h>

/// Beyond this level the time grows much faster than tiles of tissue shrink.
enum { deflate_level = 3 };

void cajal_tiff_cut(const cajal_image_header *header, const uint8_t *pixels, size_t width,
                    size_t rows, size_t pixel_bytes, size_t column, uint8_t *tile) {
  size_t columns = width - column < header->width ? width - column : header->width;
  for (size_t y = 0; y < header->height; y++) {
    size_t row = y < rows ? y : rows - 1;
    uint8_t *target = tile + y * header->width * pixel_bytes;
    memcpy(target, pixels + (row * width + column) * pixel_bytes, columns * pixel_bytes);
    for (size_t byte = columns * pixel_bytes; byte < header->width * pixel_bytes; byte++) {
      target[byte] = target[byte - pixel_bytes];
    }
  }
}

size_t cajal_tiff_deflate_bound(size_t count) { return compressBound((uLong)count); }

static size_t channels_of(const cajal_image_header *header) {
  return header->channels + header->has_alpha;
}

/// Replaces the values of a row by differences, from the last on.
static void predict_row(uint8_t *row, size_t values, size_t channels, bool is_deep) {
  for (size_t index = values; index-- > channels;) {
    if (is_deep) {
      uint16_t value, left;
      memcpy(&value, row + 2 * index, 2);
      memcpy(&left, row + 2 * (index - channels), 2);
      value = (uint16_t)(value - left);
      memcpy(row + 2 * index, &value, 2);
    } else {
      row[index] = (uint8_t)(row[index] - row[index - channels]);
    }
  }
}

size_t cajal_tiff_deflate(const cajal_image_header *header, uint8_t *tile, uint8_t *encoded,
                          size_t room) {
  bool is_deep = header->bits == 16;
  size_t values = header->width * channels_of(header), row_bytes = values * (is_deep ? 2 : 1);
  for (uint32_t row = 0; row < header->height; row++) {
    predict_row(tile + row * row_bytes, values, channels_of(header), is_deep);
  }
  uLongf size = (uLongf)room;
  int result = compress2(encoded, &size, tile, (uLong)(row_bytes * header->height), deflate_level);
  return result == Z_OK ? size : 0;
}

static uint32_t value_at(const uint8_t *row, size_t index, bool is_deep) {
  if (!is_deep) return row[index];
  uint16_t value;
  memcpy(&value, row + 2 * index, 2);
  return value;
}

static void set_value(uint8_t *row, size_t index, uint32_t value, bool is_deep) {
  uint16_t deep = (uint16_t)value;
  if (is_deep) {
    memcpy(row + 2 * index, &deep, 2);
  } else {
    row[index] = (uint8_t)value;
  }
}

void cajal_tiff_halve(const cajal_image_header *header, const uint8_t *upper, const uint8_t *lower,
                      uint8_t *halved) {
  bool is_deep = header->bits == 16;
  size_t channels = channels_of(header), colors = header->channels;
  for (size_t x = 0; 2 * x < header->width; x++) {
    size_t left = 2 * x, right = left + 1 < header->width ? left + 1 : left;
    const uint8_t *rows[4] = {upper, upper, lower, lower};
    size_t pixels[4] = {left, right, left, right};
    uint64_t weights[4] = {1, 1, 1, 1}, weight = 4;
    if (header->has_alpha) {
      uint64_t sum = 0;
      for (int index = 0; index < 4; index++) {
        sum += value_at(rows[index], pixels[index] * channels + colors, is_deep);
      }
      set_value(halved, x * channels + colors, (uint32_t)((sum + 2) / 4), is_deep);
      // What is transparent everywhere keeps the mean of its colors.
      for (int index = 0; index < 4 && sum > 0; index++) {
        weights[index] = value_at(rows[index], pixels[index] * channels + colors, is_deep);
      }
      if (sum > 0) weight = sum;
    }
    for (size_t channel = 0; channel < colors; channel++) {
      uint64_t sum = weight / 2;
      for (int index = 0; index < 4; index++) {
        sum += weights[index] * value_at(rows[index], pixels[index] * channels + channel, is_deep);
      }
      set_value(halved, x * channels + channel, (uint32_t)(sum / weight), is_deep);
    }
  }
}
