#include "tiff_reader.h"

#include <stdlib.h>
#include <string.h>

/// The bytes of a row of used samples of the window's columns.
static size_t band_row_bytes(const tiff_reader *reader) {
  return (size_t)reader->base.window.width * reader->layout.used_samples *
         cajal_tiff_sample_bytes(&reader->layout);
}

/// Whether libtiff decodes row by row: in tiles and in planes it cannot.
static bool scans_rows(const tiff_layout *layout) {
  return !layout->is_tiled && !layout->is_separate;
}

static bool fail_as_too_large(tiff_reader *reader) {
  cajal_failure_set(reader->base.failure, cajal_failure_kind_too_large,
                    reader->layout.is_tiled ? "a row of its tiles needs more memory than is allowed"
                                            : "its strips need more memory than is allowed");
  return false;
}

bool cajal_tiff_prepare(tiff_reader *reader) {
  const tiff_layout *layout = &reader->layout;
  TIFF *tiff = reader->tiff;
  size_t limit = reader->base.memory_limit;
  tmsize_t part = layout->is_tiled       ? TIFFTileSize(tiff)
                  : layout->is_separate ? TIFFStripSize(tiff)
                                        : TIFFScanlineSize(tiff);
  if (part <= 0) return cajal_tiff_fail(reader, "its tiles or strips have no possible size");
  uint32_t rows = scans_rows(layout) ? 1 : layout->part_height;
  size_t row_bytes = band_row_bytes(reader);
  if ((size_t)part > limit || row_bytes > limit / rows) return fail_as_too_large(reader);
  reader->part = malloc((size_t)part);
  reader->band = malloc(row_bytes * rows);
  return (reader->part != NULL && reader->band != NULL) || fail_as_too_large(reader);
}

/// The number of `bits` bits, fewer than 8, at a place in a row of them.
static uint8_t small_sample(const uint8_t *row, size_t place, unsigned bits) {
  size_t bit = place * bits;
  return (uint8_t)(row[bit / 8] >> (8 - bits - bit % 8)) & (uint8_t)((1u << bits) - 1);
}

/// Takes sample `sample` of `count` pixels from column `first` of a row of `samples` each, and puts
/// it to place `place` of the used samples from `target` on.
static void take_samples(const tiff_layout *layout, const uint8_t *row, size_t first, size_t count,
                         size_t samples, size_t sample, size_t place, uint8_t *target) {
  size_t used = layout->used_samples;
  for (size_t index = 0; index < count; index++) {
    size_t from = (first + index) * samples + sample, to = index * used + place;
    if (layout->bits == 8) {
      target[to] = row[from];
    } else if (layout->bits == 16) {
      memcpy(target + 2 * to, row + 2 * from, 2);
    } else {
      target[to] = small_sample(row, from, layout->bits);
    }
  }
}

/// The place of a used sample among all.
static uint16_t sample_at(const tiff_layout *layout, uint16_t place) {
  return place < layout->color_samples ? place : layout->alpha_sample;
}

/// Takes the used samples of a row whose samples lie together, or one sample of a plane.
static void take_row(const tiff_layout *layout, const uint8_t *row, size_t first, size_t count,
                     uint16_t plane, uint8_t *target) {
  if (layout->is_separate) {
    take_samples(layout, row, first, count, 1, 0, plane, target);
    return;
  }
  size_t pixel_bytes = layout->samples * cajal_tiff_sample_bytes(layout);
  if (layout->bits >= 8 && layout->used_samples == layout->samples) {
    memcpy(target, row + first * pixel_bytes, count * pixel_bytes);
    return;
  }
  for (uint16_t place = 0; place < layout->used_samples; place++) {
    take_samples(layout, row, first, count, layout->samples, sample_at(layout, place), place,
                 target);
  }
}

/// Decodes a tile or a strip of a plane into the band. `column` and `row` are its first pixel.
static bool read_part(tiff_reader *reader, uint32_t column, uint32_t row, uint16_t plane) {
  const tiff_layout *layout = &reader->layout;
  const cajal_image_reader *base = &reader->base;
  TIFF *tiff = reader->tiff;
  uint16_t sample = layout->is_separate ? sample_at(layout, plane) : 0;
  tmsize_t got =
      layout->is_tiled
          ? TIFFReadEncodedTile(tiff, TIFFComputeTile(tiff, column, row, 0, sample), reader->part,
                                -1)
          : TIFFReadEncodedStrip(tiff, TIFFComputeStrip(tiff, row, sample), reader->part, -1);
  size_t part_row = (size_t)(layout->is_tiled ? TIFFTileRowSize(tiff) : TIFFScanlineSize(tiff));
  size_t rows = reader->band_end - reader->band_start;
  if (got < 0 || (size_t)got < rows * part_row || reader->is_filled) {
    return cajal_tiff_fail(reader, "a tile or strip is damaged");
  }
  // The columns of the part that lie in the window.
  uint32_t left = column > base->left ? column : base->left;
  uint64_t part_end = (uint64_t)column + layout->part_width;
  uint64_t window_end = (uint64_t)base->left + base->window.width;
  size_t count = (size_t)((part_end < window_end ? part_end : window_end) - left);
  size_t pixel = layout->used_samples * cajal_tiff_sample_bytes(layout);
  for (size_t index = 0; index < rows; index++) {
    uint8_t *target = reader->band + index * band_row_bytes(reader) + (left - base->left) * pixel;
    take_row(layout, reader->part + index * part_row, left - column, count, plane, target);
  }
  return true;
}

/// Decodes the row of tiles, or the strips of all planes, that a row lies in.
static bool read_band(tiff_reader *reader, uint32_t row) {
  const tiff_layout *layout = &reader->layout;
  const cajal_image_reader *base = &reader->base;
  uint32_t height = base->header.height;
  reader->band_start = row - row % layout->part_height;
  reader->band_end = height - reader->band_start < layout->part_height
                         ? height
                         : reader->band_start + layout->part_height;
  uint16_t planes = layout->is_separate ? layout->used_samples : 1;
  uint64_t window_end = (uint64_t)base->left + base->window.width;
  uint64_t first = base->left - base->left % layout->part_width;
  for (uint64_t column = first; column < window_end; column += layout->part_width) {
    for (uint16_t plane = 0; plane < planes; plane++) {
      if (!read_part(reader, (uint32_t)column, reader->band_start, plane)) return false;
    }
  }
  return true;
}

/// Decodes a row of a strip of all planes. Rows of a strip follow each other, so those before it are
/// decoded too, from the start of the strip.
static bool scan_row(tiff_reader *reader, uint32_t row) {
  uint32_t start = row - row % reader->layout.part_height;
  if (reader->scanned_row < start) reader->scanned_row = start;
  for (; reader->scanned_row <= row; reader->scanned_row++) {
    int done = TIFFReadScanline(reader->tiff, reader->part, reader->scanned_row, 0);
    if (done != 1 || reader->is_filled) return cajal_tiff_fail(reader, "a strip is damaged");
  }
  take_row(&reader->layout, reader->part, reader->base.left, reader->base.window.width, 0,
           reader->band);
  return true;
}

/// The used samples of the next row; NULL with a failure.
static const uint8_t *next_samples(tiff_reader *reader) {
  uint32_t row = reader->next_row;
  if (scans_rows(&reader->layout)) return scan_row(reader, row) ? reader->band : NULL;
  bool is_there = row >= reader->band_start && row < reader->band_end;
  if (!is_there && !read_band(reader, row)) return NULL;
  return reader->band + (row - reader->band_start) * band_row_bytes(reader);
}

bool cajal_tiff_read_rows(cajal_image_reader *base, uint8_t *pixels, size_t rows) {
  tiff_reader *reader = (tiff_reader *)base;
  reader->message.text[0] = 0;
  if (!base->is_started && !cajal_tiff_prepare(reader)) return false;
  base->is_started = true;
  size_t row_bytes = base->window.width * cajal_given_pixel_bytes(base);
  for (size_t index = 0; index < rows; index++) {
    const uint8_t *samples = next_samples(reader);
    if (samples == NULL) return false;
    cajal_tiff_give_row(reader, samples, pixels + index * row_bytes);
    reader->next_row++;
  }
  return true;
}
