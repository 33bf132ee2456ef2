// The work of a TIFF writer that is done for every pixel: tiles are compressed and rows halved.

#pragma once

#include "cajal_image_codecs.h"

/// Cuts a tile of the header's size out of `rows` rows of `width` pixels of `pixel_bytes` bytes, from
/// a column on. What it has beyond the rows repeats their edges.
void cajal_tiff_cut(const cajal_image_header *header, const uint8_t *pixels, size_t width,
                    size_t rows, size_t pixel_bytes, size_t column, uint8_t *tile);

/// The most bytes that `cajal_tiff_deflate` writes for so many.
size_t cajal_tiff_deflate_bound(size_t count);

/// Compresses a tile by deflate after the horizontal predictor, which replaces values by differences
/// from the pixel to the left. Values of 16 bits are in the machine's byte order.
///
/// `tile` has rows of the header's width and kind and is overwritten. Returns the number of bytes
/// written to `encoded`, or 0 where memory runs out.
size_t cajal_tiff_deflate(const cajal_image_header *header, uint8_t *tile, uint8_t *encoded,
                          size_t room);

/// Averages blocks of 2 × 2 pixels of two rows, with halves rounded up; the last block of an odd
/// width has one column. Colors count as much as they are opaque.
///
/// `header` says the width of the rows and the kind of values. For the last row of an odd height both
/// rows are the same one. `halved` has room for (width + 1) / 2 pixels.
void cajal_tiff_halve(const cajal_image_header *header, const uint8_t *upper, const uint8_t *lower,
                      uint8_t *halved);
