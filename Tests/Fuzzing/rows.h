// What the fuzzed formats share: a file is read as a whole from memory and by rows in pieces, and
// both must agree.

#pragma once

#include "cajal_image_codecs.h"

typedef cajal_image_reader *(*open_function)(cajal_byte_source *source, size_t memory_limit,
                                             cajal_image_header *header,
                                             cajal_codec_failure *failure);

/// Reads a file whose first two bytes choose the rows of a reading (with, from 128 on, all bits of
/// values kept, and in the upper half of the numbers below and above that alpha too) and the bytes
/// of a piece.
/// Aborts where the readings differ.
void read_both_ways(open_function open, const uint8_t *bytes, size_t count);
