// The parts of the TIFF reader: the file, its directories, what they say, and the rows.

#pragma once

#include "session.h"

#include <tiffio.h>

#if TIFFLIB_VERSION < 20221213
#error "libtiff 4.5 or later is needed, whose messages can be taken from each file by itself"
#endif

/// How the values of a directory are stored.
typedef struct {
  uint16_t bits, samples, photometric, compression;
  bool is_tiled;
  /// Whether each sample has a plane of its own.
  bool is_separate;
  /// Whether colors are multiplied by alpha.
  bool is_associated;
  /// Columns and rows of a tile, or of a strip.
  uint32_t part_width, part_height;
  /// The samples in use: those of the colors, and the place of alpha, which follows them.
  uint16_t color_samples, alpha_sample, used_samples;
} tiff_layout;

typedef struct {
  cajal_image_reader base;
  TIFF *tiff;
  /// The size of the file, and the place in it that is read next.
  uint64_t size, place;
  /// The first error of a call of libtiff; empty where there is none.
  cajal_codec_failure message;
  /// Whether libjpeg filled a part of the picture with gray, of which it only warns.
  bool is_filled;
  /// The page's profile, until it is checked against the channels.
  uint8_t *profile;
  size_t profile_size;
  tiff_layout layout;
  /// For palettes: red, green and blue of each index.
  uint8_t *palette;
  /// A tile, a strip of a plane, or a row of a strip of all planes, as libtiff gives it.
  uint8_t *part;
  /// The used samples of the pixels of rows `band_start ..< band_end`, each of 8 or 16 bits.
  uint8_t *band;
  uint32_t band_start, band_end;
  /// The row that libtiff gives next where rows are read one by one.
  uint32_t scanned_row;
  uint32_t next_row;
} tiff_reader;

/// Opens the reader's source; false with a failure.
bool cajal_tiff_open_file(tiff_reader *reader);

/// Fails with libtiff's message, or with another text where it gave none. Always false.
bool cajal_tiff_fail(tiff_reader *reader, const char *text);

/// Goes to the directory of a page and a level, and sets the sizes of all levels of the page; false
/// with a failure.
bool cajal_tiff_go_to(tiff_reader *reader, cajal_image_part part);

/// Reads the pixel size that the first directory's OME-XML says for all pages, where it describes a
/// single picture: the pages are its planes.
void cajal_tiff_read_shared_size(tiff_reader *reader);

/// Reads the metadata of the page's directory, whose own pixel size counts more than a shared one if
/// its description says it.
void cajal_tiff_read_metadata(tiff_reader *reader);

/// Reads what the directory says about the values; false with a failure where they are of a kind
/// that is not read.
bool cajal_tiff_read_layout(tiff_reader *reader, cajal_image_header *header);

/// Allocates what rows need; false with a failure where that is over the memory limit.
bool cajal_tiff_prepare(tiff_reader *reader);

/// Reads rows, as a session does.
bool cajal_tiff_read_rows(cajal_image_reader *base, uint8_t *pixels, size_t rows);

/// Gives a row of used samples as the colors that the caller gets.
void cajal_tiff_give_row(tiff_reader *reader, const uint8_t *samples, uint8_t *pixels);

/// The bytes of a used sample: 2 where it has 16 bits, 1 otherwise.
static inline size_t cajal_tiff_sample_bytes(const tiff_layout *layout) {
  return layout->bits == 16 ? 2 : 1;
}
