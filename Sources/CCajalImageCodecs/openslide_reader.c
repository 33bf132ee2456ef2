#include "cajal_openslide.h"

#include "decimal.h"
#include "session.h"

#include <dlfcn.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  /// Rows are read so many at a time, so that tiles are decoded once, but in no more bytes than this.
  most_rows = 256,
  most_bytes = 1 << 26,
};

typedef struct {
  cajal_image_reader base;
  const cajal_openslide *functions;
  cajal_openslide copy_of_functions;
  void *slide;
  int32_t level;
  /// Columns and rows of the full resolution for each of the level.
  double downsample;
  /// Red, green, blue and alpha of rows `band_start ..< band_end`, multiplied by alpha.
  uint32_t *band;
  uint32_t band_rows, band_start, band_end, next_row;
} slide_reader;

// A function's address comes as a pointer to data, which C does not convert.
#define LOAD(field, symbol, result, parameters) \
  { \
    void *address = dlsym(library, #symbol); \
    if (address == NULL && is_needed) return #symbol; \
    memcpy(&functions->field, &address, sizeof address); \
  }

const char *cajal_openslide_load(void *library, cajal_openslide *functions) {
  bool is_needed = true;
  CAJAL_OPENSLIDE_FUNCTIONS(LOAD)
  is_needed = false;
  CAJAL_OPENSLIDE_LATER_FUNCTIONS(LOAD)
  return NULL;
}

/// Fails with OpenSlide's message, as one line. Always false.
static bool fail(slide_reader *reader, const char *text) {
  const char *error = reader->slide != NULL ? reader->functions->get_error(reader->slide) : NULL;
  cajal_codec_failure *failure = reader->base.failure;
  cajal_failure_set(failure, cajal_failure_kind_damaged, "%s", error != NULL ? error : text);
  for (char *next = failure->text; *next != 0; next++) {
    if ((unsigned char)*next < ' ') *next = ' ';
  }
  return false;
}

static bool read_levels(slide_reader *reader, cajal_image_part part) {
  const cajal_openslide *functions = reader->functions;
  cajal_image_reader *base = &reader->base;
  int32_t count = functions->get_level_count(reader->slide);
  if (count < 1) return fail(reader, "it has no pictures");
  if (count > CAJAL_MOST_LEVELS) count = CAJAL_MOST_LEVELS;
  for (int32_t level = 0; level < count; level++) {
    int64_t width = 0, height = 0;
    functions->get_level_dimensions(reader->slide, level, &width, &height);
    if (width < 1 || height < 1 || width > INT32_MAX || height > INT32_MAX) {
      return fail(reader, "a level has no possible size");
    }
    base->levels[level] =
        (cajal_image_level){.width = (uint32_t)width, .height = (uint32_t)height};
  }
  base->level_count = (uint32_t)count;
  if (part.page == 0 && part.level < base->level_count) return true;
  cajal_failure_set(base->failure, cajal_failure_kind_unreadable,
                    "there is no %s %u; the slide has %u, counted from 0",
                    part.page > 0 ? "page" : "level", part.page > 0 ? part.page : part.level,
                    part.page > 0 ? 1 : base->level_count);
  return false;
}

static double property(slide_reader *reader, const char *name) {
  const char *value = reader->functions->get_property_value(reader->slide, name);
  return value != NULL ? cajal_decimal(value) : 0;
}

static void read_metadata(slide_reader *reader) {
  const cajal_openslide *functions = reader->functions;
  cajal_image_metadata *metadata = &reader->base.metadata;
  double scale = reader->downsample;
  metadata->pixel_width = cajal_pixel_side(1, scale * property(reader, "openslide.mpp-x"));
  metadata->pixel_height = cajal_pixel_side(1, scale * property(reader, "openslide.mpp-y"));
  if (functions->get_icc_profile_size == NULL || functions->read_icc_profile == NULL) return;
  int64_t size = functions->get_icc_profile_size(reader->slide);
  if (size <= 0 || size > CAJAL_LARGEST_PROFILE) return;
  uint8_t *profile = calloc(1, (size_t)size);
  if (profile != NULL) functions->read_icc_profile(reader->slide, profile);
  cajal_reader_adopt_profile(&reader->base, profile, (size_t)size);
}

static bool open_slide(slide_reader *reader, const char *path, cajal_image_part part,
                       cajal_image_header *header) {
  const cajal_openslide *functions = reader->functions;
  reader->slide = functions->open(path);
  if (reader->slide == NULL) return fail(reader, "OpenSlide does not know its format");
  if (functions->get_error(reader->slide) != NULL || !read_levels(reader, part)) {
    return functions->get_error(reader->slide) != NULL ? fail(reader, "") : false;
  }
  reader->level = (int32_t)part.level;
  reader->downsample = functions->get_level_downsample(reader->slide, reader->level);
  if (!(reader->downsample >= 1)) return fail(reader, "a level has no possible scale");
  *header = (cajal_image_header){
      .width = reader->base.levels[part.level].width,
      .height = reader->base.levels[part.level].height,
      .channels = 3,
      .bits = 8,
      .orientation = 1,
  };
  cajal_reader_set_header(&reader->base, header);
  read_metadata(reader);
  return true;
}

/// Allocates as many rows as are decoded at a time.
static bool prepare(slide_reader *reader) {
  size_t row_bytes = (size_t)reader->base.window.width * sizeof(uint32_t);
  size_t limit = reader->base.memory_limit < most_bytes ? reader->base.memory_limit : most_bytes;
  reader->band_rows = most_rows;
  while (reader->band_rows > 1 && row_bytes > limit / reader->band_rows) reader->band_rows /= 2;
  reader->band = malloc(row_bytes * reader->band_rows);
  if (reader->band != NULL) return true;
  cajal_failure_set(reader->base.failure, cajal_failure_kind_too_large,
                    "there is no memory left for its rows");
  return false;
}

/// Decodes the rows around a row.
static bool read_band(slide_reader *reader, uint32_t row) {
  const cajal_image_reader *base = &reader->base;
  reader->band_start = row - row % reader->band_rows;
  uint32_t left = base->header.height - reader->band_start;
  reader->band_end = reader->band_start + (left < reader->band_rows ? left : reader->band_rows);
  // OpenSlide counts from the corner of the full resolution.
  reader->functions->read_region(
      reader->slide, reader->band, llround(base->left * reader->downsample),
      llround(reader->band_start * reader->downsample), reader->level, base->window.width,
      reader->band_end - reader->band_start);
  return reader->functions->get_error(reader->slide) == NULL || fail(reader, "");
}

static bool read_rows(cajal_image_reader *base, uint8_t *pixels, size_t rows) {
  slide_reader *reader = (slide_reader *)base;
  if (reader->band == NULL && !prepare(reader)) return false;
  size_t width = base->window.width;
  for (size_t index = 0; index < rows; index++, reader->next_row++) {
    uint32_t row = reader->next_row;
    bool is_there = row >= reader->band_start && row < reader->band_end;
    if (!is_there && !read_band(reader, row)) return false;
    const uint32_t *stored = reader->band + (row - reader->band_start) * width;
    for (size_t x = 0; x < width; x++) {
      // White shines through what is transparent.
      uint32_t white = 255 - (stored[x] >> 24);
      for (int channel = 0; channel < 3; channel++) {
        uint32_t value = (stored[x] >> (16 - 8 * channel) & 255) + white;
        *pixels++ = (uint8_t)(value < 255 ? value : 255);
      }
    }
  }
  return true;
}

static bool skip_rows(cajal_image_reader *base, size_t rows) {
  ((slide_reader *)base)->next_row += (uint32_t)rows;
  return true;
}

static void close_reader(cajal_image_reader *base) {
  slide_reader *reader = (slide_reader *)base;
  if (reader->slide != NULL) reader->functions->close(reader->slide);
  free(reader->band);
}

cajal_image_reader *cajal_openslide_open(const cajal_openslide *functions, const char *path,
                                         cajal_image_part part, size_t memory_limit,
                                         cajal_image_header *header,
                                         cajal_codec_failure *failure) {
  cajal_image_reader *base =
      cajal_reader_allocate(sizeof(slide_reader), NULL, memory_limit, failure);
  if (base == NULL) return NULL;
  base->read_rows = read_rows;
  base->skip_rows = skip_rows;
  base->close = close_reader;
  base->reads_columns = true;
  slide_reader *reader = (slide_reader *)base;
  reader->copy_of_functions = *functions;
  reader->functions = &reader->copy_of_functions;
  if (open_slide(reader, path, part, header)) return base;
  cajal_image_reader_close(base);
  return NULL;
}
