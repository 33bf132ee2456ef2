#pragma once

#include "jpeg_failure.h"

/// Reads an APP1 marker, from its length on. Where it holds EXIF data and `*orientation` is 0, sets
/// that to their orientation.
void cajal_jpeg_read_exif(j_decompress_ptr decoder, uint32_t *orientation);
