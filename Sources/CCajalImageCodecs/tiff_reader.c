#include "tiff_reader.h"

#include <stdlib.h>

static bool skip_rows(cajal_image_reader *base, size_t rows) {
  ((tiff_reader *)base)->next_row += (uint32_t)rows;
  return true;
}

static void close_reader(cajal_image_reader *base) {
  tiff_reader *reader = (tiff_reader *)base;
  if (reader->tiff != NULL) TIFFClose(reader->tiff);
  free(reader->profile);
  free(reader->palette);
  free(reader->part);
  free(reader->band);
}

cajal_image_reader *cajal_tiff_open(cajal_byte_source *source, cajal_image_part part,
                                    size_t memory_limit, cajal_image_header *header,
                                    cajal_codec_failure *failure) {
  cajal_image_reader *base =
      cajal_reader_allocate(sizeof(tiff_reader), source, memory_limit, failure);
  if (base == NULL) return NULL;
  base->read_rows = cajal_tiff_read_rows;
  base->skip_rows = skip_rows;
  base->close = close_reader;
  base->reads_columns = true;
  tiff_reader *reader = (tiff_reader *)base;
  if (cajal_tiff_open_file(reader) && cajal_tiff_go_to(reader, part) &&
      cajal_tiff_read_layout(reader, header)) {
    return base;
  }
  cajal_image_reader_close(base);
  return NULL;
}
