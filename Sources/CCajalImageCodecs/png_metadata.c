#include "png_metadata.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static const png_byte profile_chunk[] = "iCCP";

void cajal_png_keep_metadata(png_structp png) {
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_AS_DEFAULT, (const png_byte *)"pHYs", 1);
  // As bytes: a profile that libpng knows of would change how it composites.
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_ALWAYS, profile_chunk, 1);
  // libpng counts down to 2: one such chunk is held, however many there are.
  png_set_chunk_cache_max(png, 3);
}

/// Inflates zlib data of at most the size of a profile; NULL where it is none.
static uint8_t *inflate_profile(const uint8_t *bytes, size_t count, size_t *size) {
  uLongf room = CAJAL_LARGEST_PROFILE;
  uint8_t *profile = malloc(room);
  if (profile == NULL || uncompress(profile, &room, bytes, (uLong)count) != Z_OK) {
    free(profile);
    return NULL;
  }
  *size = room;
  return profile;
}

/// Reads an `iCCP` chunk: a name, its final zero, the zero of deflate, and the compressed profile.
static void read_profile(const png_unknown_chunk *chunk, cajal_image_reader *reader) {
  const uint8_t *end = chunk->size > 0 ? memchr(chunk->data, 0, chunk->size) : NULL;
  if (end == NULL) return;
  size_t start = (size_t)(end - chunk->data) + 2;
  if (start >= chunk->size || chunk->data[start - 1] != 0) return;
  size_t size = 0;
  uint8_t *profile = inflate_profile(chunk->data + start, chunk->size - start, &size);
  cajal_reader_adopt_profile(reader, profile, size);
}

void cajal_png_read_metadata(png_structp png, png_infop info, cajal_image_reader *reader) {
  png_uint_32 columns = 0, rows = 0;
  int unit = PNG_RESOLUTION_UNKNOWN;
  if (png_get_pHYs(png, info, &columns, &rows, &unit) != 0 && unit == PNG_RESOLUTION_METER) {
    reader->metadata.pixel_width = cajal_pixel_side(columns, 1e6);
    reader->metadata.pixel_height = cajal_pixel_side(rows, 1e6);
  }
  png_unknown_chunkp chunks = NULL;
  int count = png_get_unknown_chunks(png, info, &chunks);
  for (int index = 0; index < count; index++) {
    if (memcmp(chunks[index].name, profile_chunk, 4) == 0) read_profile(&chunks[index], reader);
  }
}

void cajal_png_add_metadata(png_structp png, png_infop info, const cajal_image_header *header,
                            const cajal_image_metadata *metadata) {
  if (metadata == NULL) return;
  double columns = round(1e6 / metadata->pixel_width), rows = round(1e6 / metadata->pixel_height);
  if (columns >= 1 && columns <= PNG_UINT_31_MAX && rows >= 1 && rows <= PNG_UINT_31_MAX) {
    png_set_pHYs(png, info, (png_uint_32)columns, (png_uint_32)rows, PNG_RESOLUTION_METER);
  }
  if (cajal_is_usable_profile(metadata->profile, metadata->profile_size, header->channels)) {
    // libpng looks closer, and is to leave out what it does not like.
    png_set_benign_errors(png, 1);
    png_set_iCCP(png, info, "ICC profile", PNG_COMPRESSION_TYPE_BASE, metadata->profile,
                 (png_uint_32)metadata->profile_size);
  }
}
