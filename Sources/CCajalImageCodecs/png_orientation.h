#pragma once

#include "session.h"

/// The orientation in a PNG file's `eXIf` chunk, which may come after the pixels: the file is
/// searched without moving on in it. Before anything is taken from the source; 1 where there is
/// none.
uint32_t cajal_png_orientation(const cajal_byte_source *source);
