// The likelihood of pixels, and what is known of them.

#include "compare.h"

/// Numbers from 0 to below `bound`.
static int32_t *integers(long count, uint32_t bound) {
  int32_t *x = guarded(count, sizeof *x);
  for (long i = 0; i < count; i++) x[i] = (int32_t)(next_word() % bound);
  return x;
}

static void compare_logistic_mixture(void) {
  begin("logistic_mixture");
  for (long channels = 1; channels <= 3; channels++) {
    long pairs = channels * (channels - 1) / 2, part = 1 + 2 * channels + pairs;
    for (long components = 1; components <= 5; components += 2) {
      for (long rows = 1; rows <= 37; rows += 6) {
        long width = components * part;
        struct cajal_logistic_mixture m = {
            components, channels, width, part, 1, part, 1 + channels, part, 1 + 2 * channels,
            part, 8, logf(8), -5, 4, 255, (int)(rows & 1)};
        float *parameters = numbers(rows * width, -2, 2), *losses[2], *alone[2], *gradients[2];
        int32_t *values = integers(rows * channels, 256);
        // Two of seven at the ends.
        for (long i = 0; i < rows * channels; i++) {
          if (i % 7 == 3) values[i] = 0;
          if (i % 7 == 5) values[i] = 255;
        }
        float *locations = numbers(rows * channels, -20, 20);
        for (long i = 0; i < rows * channels; i++) locations[i] += (float)values[i];
        results(rows, losses);
        results(rows, alone);
        results(rows * width, gradients);
        FOR_BOTH_LEVELS(level) {
          const struct cajal_kernels *k = levels[level];
          float *memory = scratch(k->logistic_mixture_scratch(&m));
          k->logistic_mixture(
              &m, parameters, values, locations, losses[level], gradients[level], rows, memory);
          k->logistic_mixture(
              &m, parameters, values, locations, alone[level], NULL, rows, memory);
        }
        expect_close(
            losses, rows, rounding, "%ld rows of %ld, %ld channels", rows, components, channels);
        expect_close(
            alone, rows, rounding, "alone, %ld rows of %ld, %ld channels", rows, components,
            channels);
        expect_close(
            gradients, rows * width, rounding, "gradient, %ld rows of %ld, %ld channels", rows,
            components, channels);
        release();
      }
    }
  }
}

static void compare_causal_context(void) {
  begin("causal_context");
  enum { IMAGES = 2, COUNT_OF_PIXELS = 23 };
  for (long channels = 1; channels <= 3; channels++) {
    for (long ratio = 1; ratio <= 8; ratio++) {
      long rows = 2 * ratio, columns = 3 * ratio, width = 24 * (channels + 1) + 3 * channels;
      long count = IMAGES * rows * columns * channels;
      struct cajal_causal_context g = {
          numbers(count, 0, 255), numbers(count, 0, 255),
          numbers(count / (ratio * ratio), 0, 255), rows, columns, channels, ratio, 1 / 16.f};
      int32_t *pixels = integers(COUNT_OF_PIXELS, (uint32_t)(IMAGES * rows * columns));
      float *contexts[2], *alone[2];
      results(COUNT_OF_PIXELS * width, contexts);
      results(COUNT_OF_PIXELS * (width - 2 * channels), alone);
      FOR_BOTH_LEVELS(level) {
        levels[level]->causal_context(&g, pixels, contexts[level], COUNT_OF_PIXELS);
        struct cajal_causal_context without = g;
        without.inputs = NULL;
        levels[level]->causal_context(&without, pixels, alone[level], COUNT_OF_PIXELS);
      }
      expect_close(
          contexts, COUNT_OF_PIXELS * width, 0, "%ld channels, blocks of %ld", channels, ratio);
      expect_close(
          alone, COUNT_OF_PIXELS * (width - 2 * channels), 0, "%ld channels without inputs",
          channels);
      release();
    }
  }
}

void compare_pixels(void) {
  compare_logistic_mixture();
  compare_causal_context();
}
