// Whole-slide files through OpenSlide, which is loaded when the first of them is read.

#pragma once

#include "cajal_image_codecs.h"

/// OpenSlide's functions as X(field, symbol, result, parameters), and those of its version 4.
#define CAJAL_OPENSLIDE_FUNCTIONS(X) \
  X(detect_vendor, openslide_detect_vendor, const char *, (const char *)) \
  X(open, openslide_open, void *, (const char *)) \
  X(close, openslide_close, void, (void *)) \
  X(get_error, openslide_get_error, const char *, (void *)) \
  X(get_level_count, openslide_get_level_count, int32_t, (void *)) \
  X(get_level_dimensions, openslide_get_level_dimensions, void, \
    (void *, int32_t, int64_t *, int64_t *)) \
  X(get_level_downsample, openslide_get_level_downsample, double, (void *, int32_t)) \
  X(read_region, openslide_read_region, void, \
    (void *, uint32_t *, int64_t, int64_t, int32_t, int64_t, int64_t)) \
  X(get_property_value, openslide_get_property_value, const char *, (void *, const char *))
#define CAJAL_OPENSLIDE_LATER_FUNCTIONS(X) \
  X(get_icc_profile_size, openslide_get_icc_profile_size, int64_t, (void *)) \
  X(read_icc_profile, openslide_read_icc_profile, void, (void *, void *))

#define CAJAL_OPENSLIDE_FIELD(field, symbol, result, parameters) result(*field) parameters;

/// The functions of a loaded library; those of version 4 are NULL in version 3.
typedef struct {
  CAJAL_OPENSLIDE_FUNCTIONS(CAJAL_OPENSLIDE_FIELD)
  CAJAL_OPENSLIDE_LATER_FUNCTIONS(CAJAL_OPENSLIDE_FIELD)
} cajal_openslide;

/// Fills in the functions of a library that `dlopen` has opened, and returns NULL, or the name of a
/// function that is missing.
const char *cajal_openslide_load(void *library, cajal_openslide *functions);

/// Opens a whole-slide file by its path, since some are folders of files; see `cajal_png_open`.
///
/// Values have 8 bits; what a scanner left out is white.
cajal_image_reader *cajal_openslide_open(const cajal_openslide *functions, const char *path,
                                         cajal_image_part part, size_t memory_limit,
                                         cajal_image_header *header, cajal_codec_failure *failure);
