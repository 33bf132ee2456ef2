#pragma once

#include "jpeg_failure.h"

/// What markers before the pixels hold.
typedef struct {
  bool has_exif;
  cajal_exif exif;
  /// The parts of the profile, in their order; NULL where there is none or it makes no sense.
  uint8_t *profile;
  size_t profile_size;
  /// The number of parts that there are, and of those that were read; 0 before the first one.
  unsigned parts, parts_read;
  bool has_broken_profile;
} cajal_jpeg_markers;

/// Reads an APP1 marker, from its length on. The first one with EXIF data counts.
void cajal_jpeg_read_exif(j_decompress_ptr decoder, cajal_jpeg_markers *markers);

/// Reads an APP2 marker, from its length on, which may hold a part of an ICC profile.
void cajal_jpeg_read_profile(j_decompress_ptr decoder, cajal_jpeg_markers *markers);

/// The profile, which the caller has to free; NULL unless all its parts were there in their order.
uint8_t *cajal_jpeg_take_profile(cajal_jpeg_markers *markers, size_t *size);

/// Sets the density of a file that is to be written, in whole pixels per centimeter, where JPEG can
/// express it.
void cajal_jpeg_set_density(j_compress_ptr encoder, const cajal_image_metadata *metadata);

/// Writes the profile as APP2 markers, right after the header.
void cajal_jpeg_write_profile(j_compress_ptr encoder, const cajal_image_metadata *metadata);
