#pragma once

#include "session.h"

#include <png.h>

/// libpng's error function; its error pointer is the session's pointer to the failure.
static inline void cajal_png_fail(png_structp png, png_const_charp text) {
  cajal_codec_failure **failure = png_get_error_ptr(png);
  cajal_failure_set(*failure, cajal_failure_kind_damaged, "%s", text);
  png_longjmp(png, 1);
}

/// Warnings are about ancillary chunks, which say nothing about the pixels.
static inline void cajal_png_ignore_warning(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}
