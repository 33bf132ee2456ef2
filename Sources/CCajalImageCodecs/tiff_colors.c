#include "tiff_reader.h"

#include <string.h>

static uint32_t sample(const uint8_t *samples, size_t place, bool is_deep) {
  if (!is_deep) return samples[place];
  uint16_t value;
  memcpy(&value, samples + 2 * place, sizeof value);
  return value;
}

/// A color of a pixel with alpha: over white, or as it is without alpha. `most` is the largest value
/// of the depth.
static uint32_t with_alpha(const tiff_reader *reader, uint32_t color, uint32_t alpha, uint32_t most) {
  bool is_associated = reader->layout.is_associated;
  if (reader->base.keeps_alpha) {
    if (!is_associated || alpha == 0) return color;
    uint32_t straight = (uint32_t)(((uint64_t)color * most + alpha / 2) / alpha);
    return straight < most ? straight : most;
  }
  uint32_t white = most == UINT16_MAX ? reader->base.white : most;
  uint64_t light = (uint64_t)color * (is_associated ? most : alpha);
  uint64_t sum = (light + (uint64_t)white * (most - alpha) + most / 2) / most;
  return sum < most ? (uint32_t)sum : most;
}

/// The colors of a pixel, as values of the header's depth.
static void colors_of(const tiff_reader *reader, const uint8_t *samples, size_t first,
                      uint32_t *colors) {
  const tiff_layout *layout = &reader->layout;
  bool is_deep = layout->bits == 16;
  if (layout->photometric == PHOTOMETRIC_PALETTE) {
    const uint8_t *entry = reader->palette + 3 * (size_t)sample(samples, first, false);
    for (int channel = 0; channel < 3; channel++) colors[channel] = entry[channel];
    return;
  }
  uint32_t most = is_deep ? UINT16_MAX : UINT8_MAX;
  uint32_t factor = layout->bits < 8 ? most / ((1u << layout->bits) - 1) : 1;
  for (uint16_t channel = 0; channel < layout->color_samples; channel++) {
    uint32_t value = sample(samples, first + channel, is_deep) * factor;
    colors[channel] = layout->photometric == PHOTOMETRIC_MINISWHITE ? most - value : value;
  }
}

/// Gives a row whose samples are the caller's colors, and returns whether it is one.
static bool give_plain_row(tiff_reader *reader, const uint8_t *samples, uint8_t *pixels) {
  cajal_image_reader *base = &reader->base;
  const tiff_layout *layout = &reader->layout;
  if (layout->bits < 8 || base->header.has_alpha || layout->photometric == PHOTOMETRIC_PALETTE ||
      layout->photometric == PHOTOMETRIC_MINISWHITE) {
    return false;
  }
  size_t count = (size_t)base->window.width * layout->used_samples;
  if (layout->bits == 16) {
    cajal_give_deep_values(base, samples, count, pixels);
  } else {
    memcpy(pixels, samples, count);
  }
  return true;
}

void cajal_tiff_give_row(tiff_reader *reader, const uint8_t *samples, uint8_t *pixels) {
  if (give_plain_row(reader, samples, pixels)) return;
  cajal_image_reader *base = &reader->base;
  const tiff_layout *layout = &reader->layout;
  bool is_deep = layout->bits == 16, has_alpha = base->header.has_alpha;
  uint32_t channels = base->header.channels, most = is_deep ? UINT16_MAX : UINT8_MAX;
  size_t given = cajal_given_channels(base), pixel_bytes = cajal_given_pixel_bytes(base);
  uint32_t factor = layout->bits < 8 ? most / ((1u << layout->bits) - 1) : 1;
  for (size_t x = 0; x < base->window.width; x++) {
    uint32_t colors[4] = {0};
    size_t first = x * layout->used_samples;
    colors_of(reader, samples, first, colors);
    if (has_alpha) {
      uint32_t alpha = sample(samples, first + layout->color_samples, is_deep) * factor;
      for (uint32_t channel = 0; channel < channels; channel++) {
        colors[channel] = with_alpha(reader, colors[channel], alpha, most);
      }
      if (given > channels) colors[channels] = alpha;
    }
    if (is_deep) {
      uint16_t values[4];
      for (size_t channel = 0; channel < given; channel++) values[channel] = (uint16_t)colors[channel];
      cajal_give_deep_values(base, (const uint8_t *)values, given, pixels + x * pixel_bytes);
    } else {
      for (size_t channel = 0; channel < given; channel++) {
        pixels[x * pixel_bytes + channel] = (uint8_t)colors[channel];
      }
    }
  }
}
