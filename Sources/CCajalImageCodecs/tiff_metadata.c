#include "decimal.h"
#include "tiff_reader.h"

#include <stdlib.h>
#include <string.h>

/// The number of an attribute in a tag of XML, such as `PhysicalSizeX="0.5"`; 0 where there is none.
static double attribute(const char *start, const char *end, const char *name) {
  const char *found = strstr(start, name);
  return found != NULL && found < end ? cajal_decimal(found + strlen(name)) : 0;
}

/// Micrometers in the unit that an attribute names; 0 where it is none of length. Without one it is
/// the micrometer.
static double unit_length(const char *start, const char *end, const char *name) {
  static const struct {
    const char *name;
    double length;
  } units[] = {{"nm\"", 1e-3}, {"\xC2\xB5m\"", 1},  {"\xCE\xBCm\"", 1}, {"&#181;m\"", 1},
               {"um\"", 1},    {"mm\"", 1e3}, {"cm\"", 1e4}};
  const char *found = strstr(start, name);
  if (found == NULL || found >= end) return 1;
  for (size_t index = 0; index < sizeof units / sizeof *units; index++) {
    const char *unit = units[index].name;
    if (strncmp(found + strlen(name), unit, strlen(unit)) == 0) return units[index].length;
  }
  return 0;
}

/// The pixel size of the first picture of OME-XML.
static bool read_ome(const char *text, cajal_image_metadata *metadata) {
  const char *start = strstr(text, "<Pixels ");
  const char *end = start != NULL ? strchr(start, '>') : NULL;
  if (end == NULL || strstr(text, "<OME") == NULL) return false;
  double width = attribute(start, end, " PhysicalSizeX=\"");
  double height = attribute(start, end, " PhysicalSizeY=\"");
  width *= unit_length(start, end, " PhysicalSizeXUnit=\"");
  height *= unit_length(start, end, " PhysicalSizeYUnit=\"");
  metadata->pixel_width = cajal_pixel_side(1, width);
  metadata->pixel_height = cajal_pixel_side(1, height > 0 ? height : width);
  return metadata->pixel_width > 0;
}

/// The micrometers per pixel of Aperio's scanners, such as `|MPP = 0.499`.
static bool read_aperio(const char *text, cajal_image_metadata *metadata) {
  const char *found = strstr(text, "|MPP = ");
  if (found == NULL) return false;
  double side = cajal_pixel_side(1, cajal_decimal(found + strlen("|MPP = ")));
  metadata->pixel_width = metadata->pixel_height = side;
  return side > 0;
}

/// Micrometers in the unit that ImageJ's description names; 0 where it names none.
static double imagej_unit(const char *text) {
  static const char *const microns[] = {"micron", "um\n", "\xC2\xB5m", "\\u00B5m"};
  const char *found = strstr(text, "\nunit=");
  if (strncmp(text, "ImageJ=", 7) != 0 || found == NULL) return 0;
  for (size_t index = 0; index < sizeof microns / sizeof *microns; index++) {
    if (strncmp(found + 6, microns[index], strlen(microns[index])) == 0) return 1;
  }
  return 0;
}

/// Columns and rows per unit of length, the last resort: programs fill in those of screens.
static void read_resolution(TIFF *tiff, const char *text, cajal_image_metadata *metadata) {
  float columns = 0, rows = 0;
  uint16_t unit = RESUNIT_INCH;
  TIFFGetField(tiff, TIFFTAG_XRESOLUTION, &columns);
  TIFFGetField(tiff, TIFFTAG_YRESOLUTION, &rows);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_RESOLUTIONUNIT, &unit);
  double length = imagej_unit(text);
  if (length == 0) length = unit == RESUNIT_CENTIMETER ? 1e4 : unit == RESUNIT_INCH ? 25.4e3 : 0;
  metadata->pixel_width = cajal_pixel_side((double)columns, length);
  metadata->pixel_height = cajal_pixel_side((double)rows, length);
}

/// The description of the current directory, empty where there is none.
static const char *description(TIFF *tiff) {
  char *text = NULL;
  return TIFFGetField(tiff, TIFFTAG_IMAGEDESCRIPTION, &text) && text != NULL ? text : "";
}

void cajal_tiff_read_shared_size(tiff_reader *reader) {
  const char *text = description(reader->tiff);
  const char *first = strstr(text, "<Pixels ");
  if (first == NULL || strstr(first + 1, "<Pixels ") != NULL) return;
  read_ome(text, &reader->base.metadata);
}

void cajal_tiff_read_metadata(tiff_reader *reader) {
  cajal_image_metadata *metadata = &reader->base.metadata, shared = *metadata;
  const char *text = description(reader->tiff);
  if (!read_ome(text, metadata) && !read_aperio(text, metadata)) {
    read_resolution(reader->tiff, text, metadata);
    if (shared.pixel_width > 0) {
      metadata->pixel_width = shared.pixel_width;
      metadata->pixel_height = shared.pixel_height;
    }
  }
  uint32_t size = 0;
  void *profile = NULL;
  if (!TIFFGetField(reader->tiff, TIFFTAG_ICCPROFILE, &size, &profile) || profile == NULL) return;
  if (size == 0 || size > CAJAL_LARGEST_PROFILE) return;
  uint8_t *copy = malloc(size);
  if (copy == NULL) return;
  memcpy(copy, profile, size);
  reader->profile = copy;
  reader->profile_size = size;
}
