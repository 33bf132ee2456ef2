// PNG and JPEG through libpng and libjpeg, in memory.
//
// Both libraries report errors by jumping out of their callbacks, which must not cross Swift
// frames. Every function here catches such a jump, releases what it held and returns false with
// a message.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The longest message, with its final zero.
#define CAJAL_CODEC_MESSAGE_SIZE 256

/// Why a function returned false: one line of text.
typedef struct {
  char text[CAJAL_CODEC_MESSAGE_SIZE];
} cajal_codec_message;

/// What a compressed image declares about itself.
typedef struct {
  uint32_t width;
  uint32_t height;
  /// The channels that decoding gives: 1 (grey) or 3 (red, green, blue); 0 where the colours are
  /// of a kind that is not decoded (CMYK).
  uint32_t channels;
} cajal_image_header;

/// Bytes from `malloc`; released with `cajal_codec_release`.
typedef struct {
  uint8_t *bytes;
  size_t count;
} cajal_encoded_image;

/// Releases encoded bytes; harmless where there are none.
void cajal_codec_release(cajal_encoded_image *image);

bool cajal_png_read_header(const uint8_t *bytes, size_t count, cajal_image_header *header,
                           cajal_codec_message *message);

/// Decodes into `pixels`, which has room for width * height * channels bytes of the header.
/// All bit depths become 8 bits; what is transparent is laid over white.
bool cajal_png_decode(const uint8_t *bytes, size_t count, const cajal_image_header *header,
                      uint8_t *pixels, cajal_codec_message *message);

bool cajal_png_encode(const uint8_t *pixels, const cajal_image_header *header,
                      cajal_encoded_image *encoded, cajal_codec_message *message);

bool cajal_jpeg_read_header(const uint8_t *bytes, size_t count, cajal_image_header *header,
                            cajal_codec_message *message);

/// Decodes into `pixels`, which has room for width * height * channels bytes of the header.
/// Truncated or damaged data is an error, where libjpeg itself would only warn.
/// `memory_limit` bounds libjpeg's own buffers, in bytes.
bool cajal_jpeg_decode(const uint8_t *bytes, size_t count, const cajal_image_header *header,
                       size_t memory_limit, uint8_t *pixels, cajal_codec_message *message);

/// `quality` is libjpeg's scale of 1 to 100.
bool cajal_jpeg_encode(const uint8_t *pixels, const cajal_image_header *header, int quality,
                       cajal_encoded_image *encoded, cajal_codec_message *message);
