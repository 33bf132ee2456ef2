#include "tiff_reader.h"

#include <stdlib.h>
#include <string.h>

static bool fail_as_unsupported(tiff_reader *reader, const char *text) {
  cajal_failure_set(reader->base.failure, cajal_failure_kind_unsupported, "%s", text);
  return false;
}

/// What the directory says about the arrangement of the values.
static void read_fields(TIFF *tiff, tiff_layout *layout) {
  uint16_t planes = PLANARCONFIG_CONTIG;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &layout->bits);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &layout->samples);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &layout->compression);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &planes);
  if (!TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &layout->photometric)) {
    layout->photometric = layout->samples < 3 ? PHOTOMETRIC_MINISBLACK : PHOTOMETRIC_RGB;
  }
  layout->is_separate = planes == PLANARCONFIG_SEPARATE && layout->samples > 1;
  layout->is_tiled = TIFFIsTiled(tiff) != 0;
}

/// The number of samples of a pixel's color; 0 where they are of a kind that is not read.
static uint16_t color_samples(const tiff_layout *layout) {
  switch (layout->photometric) {
  case PHOTOMETRIC_MINISWHITE:
  case PHOTOMETRIC_MINISBLACK:
    return 1;
  case PHOTOMETRIC_PALETTE:
    return layout->bits <= 8 ? 1 : 0;
  case PHOTOMETRIC_RGB:
    return 3;
  case PHOTOMETRIC_YCBCR:
    return layout->compression == COMPRESSION_JPEG && !layout->is_separate && layout->bits == 8 ? 3
                                                                                                : 0;
  default:
    return 0;
  }
}

/// Finds the first sample of opacity among those after the colors; others have no known meaning.
static void find_alpha(TIFF *tiff, tiff_layout *layout) {
  uint16_t count = 0, *kinds = NULL;
  layout->used_samples = layout->color_samples;
  if (!TIFFGetFieldDefaulted(tiff, TIFFTAG_EXTRASAMPLES, &count, &kinds)) return;
  for (uint16_t index = 0; index < count; index++) {
    uint32_t sample = (uint32_t)layout->color_samples + index;
    if (sample >= layout->samples) return;
    if (kinds[index] != EXTRASAMPLE_ASSOCALPHA && kinds[index] != EXTRASAMPLE_UNASSALPHA) continue;
    layout->alpha_sample = (uint16_t)sample;
    layout->used_samples++;
    layout->is_associated = kinds[index] == EXTRASAMPLE_ASSOCALPHA;
    return;
  }
}

/// Stores the palette as bytes. Old programs wrote bytes rather than values of 16 bits.
static bool read_palette(tiff_reader *reader) {
  uint16_t *colors[3];
  if (!TIFFGetField(reader->tiff, TIFFTAG_COLORMAP, &colors[0], &colors[1], &colors[2])) {
    return cajal_tiff_fail(reader, "its palette is missing");
  }
  size_t count = (size_t)1 << reader->layout.bits;
  reader->palette = malloc(3 * count);
  if (reader->palette == NULL) return cajal_tiff_fail(reader, "there is no memory left");
  uint16_t largest = 0;
  for (size_t index = 0; index < 3 * count; index++) {
    uint16_t value = colors[index % 3][index / 3];
    if (value > largest) largest = value;
  }
  for (size_t index = 0; index < 3 * count; index++) {
    uint16_t value = colors[index % 3][index / 3];
    reader->palette[index] = (uint8_t)(largest < 256 ? value : value >> 8);
  }
  return true;
}

/// Fails for values of kinds that are not read.
static bool check_kind(tiff_reader *reader) {
  tiff_layout *layout = &reader->layout;
  uint16_t format = SAMPLEFORMAT_UINT;
  TIFFGetFieldDefaulted(reader->tiff, TIFFTAG_SAMPLEFORMAT, &format);
  if (layout->compression == COMPRESSION_OJPEG || !TIFFIsCODECConfigured(layout->compression)) {
    cajal_failure_set(reader->base.failure, cajal_failure_kind_unsupported,
                      "its compression, number %u, is not decoded", layout->compression);
    return false;
  }
  if (layout->color_samples == 0) {
    return fail_as_unsupported(reader, "its colors are not gray, RGB, a palette or YCbCr in JPEG");
  }
  if (format != SAMPLEFORMAT_UINT && format != SAMPLEFORMAT_VOID) {
    return fail_as_unsupported(reader, "its values are not whole numbers from 0");
  }
  uint16_t bits = layout->bits;
  if (bits != 1 && bits != 2 && bits != 4 && bits != 8 && bits != 16) {
    cajal_failure_set(reader->base.failure, cajal_failure_kind_unsupported,
                      "its values have %u bits", bits);
    return false;
  }
  if (layout->samples < layout->color_samples) {
    return cajal_tiff_fail(reader, "it has too few samples for its colors");
  }
  return true;
}

/// Columns and rows of tiles or strips.
static bool read_parts(tiff_reader *reader, const cajal_image_header *header) {
  tiff_layout *layout = &reader->layout;
  layout->part_width = header->width;
  if (layout->is_tiled) {
    TIFFGetField(reader->tiff, TIFFTAG_TILEWIDTH, &layout->part_width);
    TIFFGetField(reader->tiff, TIFFTAG_TILELENGTH, &layout->part_height);
  } else {
    TIFFGetFieldDefaulted(reader->tiff, TIFFTAG_ROWSPERSTRIP, &layout->part_height);
    if (layout->part_height > header->height) layout->part_height = header->height;
  }
  return (layout->part_width > 0 && layout->part_height > 0) ||
         cajal_tiff_fail(reader, "its tiles or strips have no pixels");
}

bool cajal_tiff_read_layout(tiff_reader *reader, cajal_image_header *header) {
  TIFF *tiff = reader->tiff;
  tiff_layout *layout = &reader->layout;
  uint16_t orientation = ORIENTATION_TOPLEFT;
  *header = (cajal_image_header){.bits = 8};
  TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &header->width);
  TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &header->height);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &orientation);
  if (header->width == 0 || header->height == 0) {
    return cajal_tiff_fail(reader, "it does not say how large it is");
  }
  read_fields(tiff, layout);
  layout->color_samples = color_samples(layout);
  if (!check_kind(reader)) return false;
  find_alpha(tiff, layout);
  header->orientation = orientation >= 1 && orientation <= 8 ? orientation : 1;
  header->bits = layout->bits == 16 ? 16 : 8;
  header->has_alpha = layout->used_samples > layout->color_samples;
  header->channels = layout->photometric == PHOTOMETRIC_PALETTE ? 3 : layout->color_samples;
  cajal_reader_set_header(&reader->base, header);
  cajal_reader_adopt_profile(&reader->base, reader->profile, reader->profile_size);
  reader->profile = NULL;
  if (layout->photometric == PHOTOMETRIC_YCBCR) {
    TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
  }
  if (layout->photometric == PHOTOMETRIC_PALETTE && !read_palette(reader)) return false;
  return read_parts(reader, header);
}
