#include "tiff_reader.h"

/// A file of more directories than this is an attack, or its pages are of no use one by one.
enum { most_directories = 1 << 16 };

/// The directories of a page: itself and its smaller copies.
typedef struct {
  uint64_t offsets[CAJAL_MOST_LEVELS];
  cajal_image_level sizes[CAJAL_MOST_LEVELS];
  uint32_t count;
} page_levels;

static bool is_reduced(TIFF *tiff) {
  uint32_t kind = 0;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SUBFILETYPE, &kind);
  return (kind & (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK)) != 0;
}

/// Adds the current directory to the levels where it is smaller than the last one.
static void add_level(TIFF *tiff, page_levels *levels) {
  uint32_t width = 0, height = 0;
  TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &width);
  TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &height);
  if (levels->count == CAJAL_MOST_LEVELS) return;
  if (levels->count > 0) {
    cajal_image_level last = levels->sizes[levels->count - 1];
    if (width == 0 || height == 0 || width > last.width || height > last.height ||
        (width == last.width && height == last.height)) {
      return;
    }
  }
  levels->offsets[levels->count] = TIFFCurrentDirOffset(tiff);
  levels->sizes[levels->count] = (cajal_image_level){.width = width, .height = height};
  levels->count++;
}

/// Goes to a page: the directories count that are no smaller copy or, where all of them are, the
/// first one.
static bool go_to_page(tiff_reader *reader, uint32_t page) {
  TIFF *tiff = reader->tiff;
  uint32_t pages = 0;
  for (int directory = 0; directory < most_directories; directory++) {
    if (!is_reduced(tiff)) {
      if (pages == page) return true;
      pages++;
    }
    reader->message.text[0] = 0;
    if (TIFFReadDirectory(tiff)) continue;
    if (pages > 0 || page > 0) break;
    return TIFFSetDirectory(tiff, 0) || cajal_tiff_fail(reader, "its directory cannot be read");
  }
  if (reader->message.text[0] != 0) return cajal_tiff_fail(reader, "a directory is damaged");
  cajal_failure_set(reader->base.failure, cajal_failure_kind_unreadable,
                    "there is no page %u; the file has %u, counted from 0", page, pages);
  return false;
}

/// Finds the smaller copies that a page lists as its own or, where it lists none, those that follow
/// it.
static void find_levels(TIFF *tiff, page_levels *levels) {
  uint16_t count = 0;
  uint64_t *listed = NULL, offsets[CAJAL_MOST_LEVELS];
  if (TIFFGetField(tiff, TIFFTAG_SUBIFD, &count, &listed) && listed != NULL) {
    // Copied, because the list goes with the directory.
    if (count > CAJAL_MOST_LEVELS) count = CAJAL_MOST_LEVELS;
    for (uint16_t index = 0; index < count; index++) offsets[index] = listed[index];
    for (uint16_t index = 0; index < count; index++) {
      if (TIFFSetSubDirectory(tiff, offsets[index])) add_level(tiff, levels);
    }
    return;
  }
  for (int next = 0; next < 2 * CAJAL_MOST_LEVELS && TIFFReadDirectory(tiff); next++) {
    if (!is_reduced(tiff)) break;
    add_level(tiff, levels);
  }
}

bool cajal_tiff_go_to(tiff_reader *reader, cajal_image_part part) {
  if (part.page > 0) cajal_tiff_read_shared_size(reader);
  if (!go_to_page(reader, part.page)) return false;
  cajal_tiff_read_metadata(reader);
  page_levels levels = {0};
  add_level(reader->tiff, &levels);
  find_levels(reader->tiff, &levels);
  reader->base.level_count = levels.count;
  for (uint32_t level = 0; level < levels.count; level++) {
    reader->base.levels[level] = levels.sizes[level];
  }
  if (part.level >= levels.count) {
    cajal_failure_set(reader->base.failure, cajal_failure_kind_unreadable,
                      "there is no level %u; the picture has %u, counted from 0", part.level,
                      levels.count);
    return false;
  }
  // What stands in the way of smaller copies is of no importance for this one.
  reader->message.text[0] = 0;
  if (!TIFFSetSubDirectory(reader->tiff, levels.offsets[part.level])) {
    return cajal_tiff_fail(reader, "its directory cannot be read");
  }
  cajal_image_level full = levels.sizes[0], given = levels.sizes[part.level];
  reader->base.metadata.pixel_width *= (double)full.width / given.width;
  reader->base.metadata.pixel_height *= (double)full.height / given.height;
  return true;
}
