// Writes small PNG, JPEG and TIFF files of every kind into the folders `png`, `jpeg` and `tiff`, each
// after the two bytes that choose how it is read.

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>
#include <png.h>
#include <tiffio.h>

enum { width = 21, height = 18 };

/// EXIF data with an orientation, as JPEG has them; PNG has them without the first six bytes.
static const uint8_t exif[] = {'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, '*', 0, 0, 0, 8, 0,   1,
                               1,   0x12, 0, 3, 0, 0, 0,  1,   0, 6,   0, 0, 0, 0, 0, 0};

static FILE *create(const char *folder, const char *kind, int number) {
  char path[64];
  snprintf(path, sizeof path, "%s/%s-%d", folder, kind, number);
  FILE *file = fopen(path, "wb");
  if (file == NULL) {
    perror(path);
    exit(1);
  }
  // 3 rows at a time, or for half of the files 131 with all bits, and half of each with alpha, in
  // pieces of 89 bytes: see rows.c.
  fputc((number % 4 < 2 ? 2 : 130) + number % 2 * 64, file);
  fputc(11, file);
  return file;
}

static uint8_t value(size_t x, size_t y) { return (uint8_t)(x * x + 7 * y + (x * y) % 5); }

static void write_png(int color, int depth, int interlace, int number) {
  FILE *file = create("png", interlace ? "interlaced" : "plain", number);
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
  png_infop info = png_create_info_struct(png);
  png_init_io(png, file);
  png_set_IHDR(png, info, width, height, depth, color, interlace, 0, 0);
  if (color == PNG_COLOR_TYPE_PALETTE) {
    png_color palette[256];
    for (int index = 0; index < 256; index++) {
      palette[index] = (png_color){(uint8_t)index, (uint8_t)(255 - index), (uint8_t)(3 * index)};
    }
    png_set_PLTE(png, info, palette, 1 << depth);
    png_set_tRNS(png, info, (const uint8_t[]){0, 128}, 2, NULL);
  } else if (!(color & PNG_COLOR_MASK_ALPHA)) {
    const png_color_16 transparent = {.red = 1, .green = 2, .blue = 3, .gray = 1};
    png_set_tRNS(png, info, NULL, 0, &transparent);
  }
  png_set_gAMA(png, info, 1 / 2.2);
  png_set_pHYs(png, info, 2000000, 1000000, PNG_RESOLUTION_METER);
  png_text text = {.compression = PNG_TEXT_COMPRESSION_zTXt, .key = "Title", .text = "seed"};
  png_set_text(png, info, &text, 1);
  png_write_info(png, info);
  bool has_late_exif = number % 2 == 1;
  if (!has_late_exif) png_write_chunk(png, (const uint8_t *)"eXIf", exif + 6, sizeof exif - 6);
  uint8_t row[width * 8];
  int passes = png_set_interlace_handling(png);
  for (int pass = 0; pass < passes; pass++) {
    for (size_t y = 0; y < height; y++) {
      for (size_t x = 0; x < sizeof row; x++) row[x] = value(x, y);
      png_write_row(png, row);
    }
  }
  if (has_late_exif) png_write_chunk(png, (const uint8_t *)"eXIf", exif + 6, sizeof exif - 6);
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  fclose(file);
}

/// One scan for each component, as cameras do not write them but the format allows.
static void separate(j_compress_ptr encoder, jpeg_scan_info *scans) {
  for (int index = 0; index < encoder->num_components; index++) {
    scans[index] = (jpeg_scan_info){
        .comps_in_scan = 1, .component_index = {index}, .Ss = 0, .Se = 63};
  }
  encoder->scan_info = scans;
  encoder->num_scans = encoder->num_components;
}

typedef struct {
  J_COLOR_SPACE colors;
  int sampling, restart_rows;
  boolean progressive, separate, arithmetic;
} jpeg_kind;

static void write_jpeg(jpeg_kind kind, int number) {
  FILE *file = create("jpeg", "kind", number);
  struct jpeg_compress_struct encoder;
  struct jpeg_error_mgr errors;
  encoder.err = jpeg_std_error(&errors);
  jpeg_create_compress(&encoder);
  jpeg_stdio_dest(&encoder, file);
  encoder.image_width = width;
  encoder.image_height = height;
  encoder.in_color_space = kind.colors;
  encoder.input_components = kind.colors == JCS_GRAYSCALE ? 1 : kind.colors == JCS_RGB ? 3 : 4;
  jpeg_set_defaults(&encoder);
  jpeg_set_quality(&encoder, 60, TRUE);
  encoder.comp_info[0].h_samp_factor = kind.sampling;
  encoder.comp_info[0].v_samp_factor = kind.sampling;
  encoder.restart_in_rows = kind.restart_rows;
  encoder.optimize_coding = !kind.arithmetic;
  encoder.arith_code = kind.arithmetic;
  jpeg_scan_info scans[4];
  if (kind.progressive) jpeg_simple_progression(&encoder);
  if (kind.separate) separate(&encoder, scans);
  jpeg_start_compress(&encoder, TRUE);
  if (kind.arithmetic) jpeg_write_marker(&encoder, JPEG_APP0 + 1, exif, sizeof exif);
  uint8_t row[width * 4];
  for (size_t y = 0; y < height; y++) {
    for (size_t x = 0; x < sizeof row; x++) row[x] = value(x / 4, y);
    JSAMPROW rows = row;
    jpeg_write_scanlines(&encoder, &rows, 1);
  }
  jpeg_finish_compress(&encoder);
  jpeg_destroy_compress(&encoder);
  fclose(file);
}

typedef struct {
  uint16_t photometric, bits, samples, compression, planes, predictor;
  bool is_tiled, is_big;
} tiff_kind;

/// A page; the second one of a file is a smaller copy of the first.
static void write_page(TIFF *tiff, tiff_kind kind, bool is_copy) {
  uint32_t columns = is_copy ? width / 2 : width, rows = is_copy ? height / 2 : height;
  uint32_t strip = kind.compression == COMPRESSION_JPEG ? 16 : 8;
  TIFFSetField(tiff, TIFFTAG_SUBFILETYPE, is_copy ? FILETYPE_REDUCEDIMAGE : 0);
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, columns);
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, rows);
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, kind.bits);
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, kind.samples);
  TIFFSetField(tiff, TIFFTAG_COMPRESSION, kind.compression);
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, kind.photometric);
  TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, kind.planes);
  TIFFSetField(tiff, TIFFTAG_ORIENTATION, kind.bits % 8 + 1);
  TIFFSetField(tiff, TIFFTAG_IMAGEDESCRIPTION, "<OME><Pixels PhysicalSizeX=\"0.5\"></OME>");
  if (kind.predictor > 1) TIFFSetField(tiff, TIFFTAG_PREDICTOR, kind.predictor);
  if (kind.samples % 2 == 0) {
    TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, 1, (const uint16_t[]){kind.is_tiled ? 1 : 2});
  }
  if (kind.photometric == PHOTOMETRIC_YCBCR) {
    TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
  }
  static uint16_t palette[256];
  for (int index = 0; index < 256; index++) palette[index] = (uint16_t)(257 * index);
  if (kind.photometric == PHOTOMETRIC_PALETTE) {
    TIFFSetField(tiff, TIFFTAG_COLORMAP, palette, palette, palette);
  }
  if (kind.is_tiled) {
    TIFFSetField(tiff, TIFFTAG_TILEWIDTH, 16);
    TIFFSetField(tiff, TIFFTAG_TILELENGTH, 16);
  } else {
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, strip);
  }
  uint8_t part[16 * 16 * 8];
  for (size_t index = 0; index < sizeof part; index++) part[index] = value(index % 48, index / 48);
  uint32_t parts = kind.is_tiled ? TIFFNumberOfTiles(tiff) : TIFFNumberOfStrips(tiff);
  for (uint32_t index = 0; index < parts; index++) {
    if (kind.is_tiled) {
      TIFFWriteEncodedTile(tiff, index, part, TIFFTileSize(tiff));
    } else {
      uint32_t left = rows - index % ((rows + strip - 1) / strip) * strip;
      TIFFWriteEncodedStrip(tiff, index, part, TIFFVStripSize(tiff, left < strip ? left : strip));
    }
  }
  TIFFWriteDirectory(tiff);
}

static void write_tiff(tiff_kind kind, int number) {
  TIFF *tiff = TIFFOpen("picture.tif", kind.is_big ? "w8" : "w");
  write_page(tiff, kind, false);
  write_page(tiff, kind, true);
  TIFFClose(tiff);
  FILE *file = create("tiff", "kind", number), *from = fopen("picture.tif", "rb");
  for (int byte = fgetc(from); byte != EOF; byte = fgetc(from)) fputc(byte, file);
  fclose(from);
  fclose(file);
  remove("picture.tif");
}

int main(void) {
  static const int kinds[][2] = {
      {0, 1}, {0, 2}, {0, 4}, {0, 8}, {0, 16}, {2, 8}, {2, 16}, {3, 1},
      {3, 2}, {3, 4}, {3, 8}, {4, 8}, {4, 16}, {6, 8}, {6, 16},
  };
  for (int index = 0; index < (int)(sizeof kinds / sizeof *kinds); index++) {
    for (int interlace = 0; interlace < 2; interlace++) {
      write_png(kinds[index][0], kinds[index][1], interlace, index);
    }
  }
  static const jpeg_kind jpeg_kinds[] = {
      {JCS_GRAYSCALE, 1, 0, FALSE, FALSE, FALSE}, {JCS_RGB, 2, 0, FALSE, FALSE, FALSE},
      {JCS_RGB, 1, 1, FALSE, FALSE, FALSE},       {JCS_GRAYSCALE, 1, 0, TRUE, FALSE, FALSE},
      {JCS_RGB, 2, 0, TRUE, FALSE, FALSE},        {JCS_RGB, 2, 1, FALSE, TRUE, FALSE},
      {JCS_RGB, 2, 1, FALSE, FALSE, TRUE},        {JCS_RGB, 2, 0, TRUE, FALSE, TRUE},
      {JCS_CMYK, 1, 0, FALSE, FALSE, FALSE},
  };
  for (int index = 0; index < (int)(sizeof jpeg_kinds / sizeof *jpeg_kinds); index++) {
    write_jpeg(jpeg_kinds[index], index);
  }
  // Photometric, bits, samples, compression, planes, predictor, tiles, BigTIFF.
  static const tiff_kind tiff_kinds[] = {
      {0, 1, 1, COMPRESSION_NONE, 1, 1, false, false},
      {1, 8, 1, COMPRESSION_LZW, 1, 2, false, true},
      {1, 16, 2, COMPRESSION_ADOBE_DEFLATE, 1, 2, true, false},
      {2, 8, 3, COMPRESSION_ADOBE_DEFLATE, 1, 2, true, true},
      {2, 8, 4, COMPRESSION_PACKBITS, 2, 1, false, false},
      {2, 16, 4, COMPRESSION_LZW, 2, 1, true, true},
      {3, 4, 1, COMPRESSION_NONE, 1, 1, true, false},
      {3, 8, 1, COMPRESSION_PACKBITS, 1, 1, false, true},
      {2, 8, 3, COMPRESSION_JPEG, 1, 1, true, false},
      {6, 8, 3, COMPRESSION_JPEG, 1, 1, true, true},
      {6, 8, 3, COMPRESSION_JPEG, 1, 1, false, false},
      {0, 1, 1, COMPRESSION_CCITTFAX4, 1, 1, false, false},
      {1, 16, 1, COMPRESSION_NONE, 1, 1, false, false},
      {1, 2, 1, COMPRESSION_NONE, 1, 1, true, true},
  };
  for (int index = 0; index < (int)(sizeof tiff_kinds / sizeof *tiff_kinds); index++) {
    write_tiff(tiff_kinds[index], index);
  }
  return 0;
}
