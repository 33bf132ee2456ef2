// Functions of rows.

#include "compare.h"

enum { ROWS = 3 };
static const long widths[] = {1, 5, 16, 17, 31, 32, 48, 64, 100, 256, 515};

/// Numbers from `lowest` to below `classes`.
static int32_t *labels(long count, int32_t lowest, long classes) {
  int32_t *x = guarded(count, sizeof *x);
  for (long i = 0; i < count; i++) {
    x[i] = (int32_t)(next_word() % (uint32_t)(classes - lowest)) + lowest;
  }
  return x;
}

static void compare_softmax(int logarithm) {
  begin(logarithm ? "softmax (logarithm)" : "softmax");
  for (int i = 0; i < COUNT(widths); i++) {
    long width = widths[i], count = ROWS * width;
    float *x = numbers(count, -6, 6), *g = numbers(count, -1, 1), *y[2], *dx[2];
    if (width > 1) x[count - 1] = -INFINITY;
    results(count, y);
    results(count, dx);
    FOR_BOTH_LEVELS(level) levels[level]->softmax(x, y[level], ROWS, width, logarithm);
    expect_close(y, count, rounding, "width %ld", width);
    FOR_BOTH_LEVELS(level) {
      levels[level]->softmax_gradient(y[0], g, dx[level], ROWS, width, logarithm);
    }
    expect_close(dx, count, rounding, "gradient, width %ld", width);
    release();
  }
}

static void compare_layer_norm(void) {
  begin("layer_norm");
  // A row of one is all cancellation.
  for (int i = 1; i < COUNT(widths); i++) {
    long width = widths[i], count = ROWS * width;
    float *x = numbers(count, -1, 3), *scale = numbers(width, 0.5f, 2);
    float *bias = numbers(width, -1, 1), *g = numbers(count, -1, 1);
    float *y[2], *statistics[2], *dx[2], *scale_gradient[2], *bias_gradient[2];
    results(count, y);
    results(2 * ROWS, statistics);
    results(count, dx);
    copies(numbers(width, -1, 1), width, scale_gradient);
    copies(numbers(width, -1, 1), width, bias_gradient);
    FOR_BOTH_LEVELS(level) {
      levels[level]->layer_norm(x, scale, bias, y[level], statistics[level], ROWS, width, 1e-6f);
      levels[level]->layer_norm_gradient(
          x, scale, statistics[0], g, dx[level], scale_gradient[level], bias_gradient[level], ROWS,
          width);
    }
    expect_close(y, count, rounding, "width %ld", width);
    expect_close(statistics, 2 * ROWS, rounding, "statistics, width %ld", width);
    expect_close(dx, count, rounding, "gradient, width %ld", width);
    expect_close(scale_gradient, width, rounding, "scale's gradient, width %ld", width);
    expect_close(bias_gradient, width, rounding, "bias's gradient, width %ld", width);
    release();
  }
}

static void compare_cross_entropy(void) {
  begin("cross_entropy");
  for (int i = 0; i < COUNT(widths); i++) {
    for (int smooth = 0; smooth < 2; smooth++) {
      long width = widths[i], count = ROWS * width;
      float smoothing = smooth ? 0.1f : 0, *logits = numbers(count, -6, 6), *losses[2], *g[2];
      int32_t *classes = labels(ROWS, 0, width);
      results(ROWS, losses);
      results(count, g);
      FOR_BOTH_LEVELS(level) {
        const struct cajal_kernels *k = levels[level];
        k->cross_entropy(logits, classes, smoothing, losses[level], ROWS, width);
        k->cross_entropy_gradient(logits, classes, smoothing, 0.3f, g[level], ROWS, width);
      }
      expect_close(losses, ROWS, rounding, "width %ld, smoothing %g", width, smoothing);
      expect_close(g, count, rounding, "gradient, width %ld, smoothing %g", width, smoothing);
      release();
    }
  }
}

static void compare_gather(void) {
  begin("gather, scatter_add");
  enum { TABLE = 9, INDICES = 20 };
  for (int i = 0; i < COUNT(widths); i++) {
    long width = widths[i];
    float *table = numbers(TABLE * width, -1, 1), *y[2], *sums[2];
    // -1 stands for a row of zeros.
    int32_t *indices = labels(INDICES, -1, TABLE);
    results(INDICES * width, y);
    copies(table, TABLE * width, sums);
    FOR_BOTH_LEVELS(level) {
      levels[level]->gather_rows(table, indices, 1.7f, y[level], INDICES, width);
      levels[level]->scatter_add_rows(y[0], indices, 0.3f, sums[level], INDICES, width);
    }
    expect_close(y, INDICES * width, 0, "gather, width %ld", width);
    expect_close(sums, TABLE * width, rounding, "scatter, width %ld", width);
    release();
  }
}

void compare_rows(void) {
  compare_softmax(0);
  compare_softmax(1);
  compare_layer_norm();
  compare_cross_entropy();
  compare_gather();
}
