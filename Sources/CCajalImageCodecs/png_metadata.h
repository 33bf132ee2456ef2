#pragma once

#include "session.h"

#include <png.h>

/// Asks libpng for the chunks that hold metadata; before the header is read.
void cajal_png_keep_metadata(png_structp png);

/// Reads the metadata of a file whose header has been read.
void cajal_png_read_metadata(png_structp png, png_infop info, cajal_image_reader *reader);

/// Adds metadata to a file that is to be written; what PNG cannot express is left out.
void cajal_png_add_metadata(png_structp png, png_infop info, const cajal_image_header *header,
                            const cajal_image_metadata *metadata);
