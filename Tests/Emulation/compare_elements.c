// Functions of elements, reductions, random numbers and optimizers.

#include "compare.h"

#include <float.h>

/// Around the whole vectors of every level.
static const long counts[] = {1, 3, 15, 16, 17, 31, 33, 64, 100, 257};

static void compare_unary(void) {
  begin("unary");
  enum { COUNT_PER_RANGE = 203 };
  static const float ranges[] = {0.01f, 1, 10, 87, 110, 1e30f};
  static const float special[] = {0,        -0.f,      1,      -1,        INFINITY, -INFINITY,
                                  NAN,      FLT_MIN,   1e-42f, -1e-42f,   FLT_MAX,  -FLT_MAX,
                                  88.7228f, 88.7229f, -87.34f, -103.97f, -104.5f,  1.5e-45f};
  for (int operation = cajal_negate; operation <= cajal_softplus; operation++) {
    int exact = operation <= cajal_reciprocal || operation == cajal_relu;
    for (int range = 0; range <= COUNT(ranges); range++) {
      long count = range < COUNT(ranges) ? COUNT_PER_RANGE : COUNT(special);
      float *x = numbers(count, 0, 1), *y[2];
      for (long i = 0; i < count; i++) {
        x[i] = range < COUNT(ranges) ? (2 * x[i] - 1) * ranges[range] : special[i];
      }
      results(count, y);
      FOR_BOTH_LEVELS(level) {
        levels[level]->unary((enum cajal_unary)operation, x, y[level], count);
      }
      // One by one: an error must not hide behind a large neighbor.
      for (long i = 0; i < count; i++) {
        float *one[2] = {y[0] + i, y[1] + i};
        expect_close(one, 1, exact ? 0 : rounding, "%d of %a", operation, x[i]);
      }
      release();
    }
  }
}

static void compare_binary(void) {
  begin("binary");
  // Contiguous, a scalar on either side, and strides.
  static const long strides[][4] = {
      {40, 1, 40, 1}, {40, 1, 1, 0}, {0, 0, 40, 1}, {40, 1, 0, 1}, {1, 3, 40, 1}, {80, 2, 1, 3}};
  for (int operation = cajal_add; operation <= cajal_where_second_positive; operation++) {
    for (int i = 0; i < COUNT(strides); i++) {
      const long *s = strides[i];
      float *left = numbers(400, -2, 2), *right = numbers(400, -2, 2), *y[2];
      left[0] = right[1] = NAN;
      left[2] = INFINITY;
      results(3 * 39, y);
      FOR_BOTH_LEVELS(level) {
        struct cajal_binary_operands operands = {
            left, right, y[level], {3, 39}, {s[0], s[1]}, {s[2], s[3]}};
        levels[level]->binary((enum cajal_binary)operation, &operands);
      }
      expect_close(y, 3 * 39, 0, "%d strides %d", operation, i);
      release();
    }
  }
}

static void compare_affine(void) {
  begin("affine, add_scaled");
  for (int i = 0; i < COUNT(counts); i++) {
    float *x = numbers(counts[i], -2, 2), *y[2];
    results(counts[i], y);
    FOR_BOTH_LEVELS(level) levels[level]->affine(x, 1.7f, 0.3f, y[level], counts[i]);
    expect_close(y, counts[i], rounding, "affine of %ld", counts[i]);
    copies(numbers(counts[i], 1, 3), counts[i], y);
    FOR_BOTH_LEVELS(level) levels[level]->add_scaled(x, 0.37f, y[level], counts[i]);
    expect_close(y, counts[i], rounding, "add_scaled of %ld", counts[i]);
    release();
  }
}

static void compare_reductions(void) {
  begin("sum, maximum");
  for (int i = 0; i < COUNT(counts); i++) {
    for (int longer = 0; longer < 2; longer++) {
      long count = counts[i] + longer * 4096;
      float *x = numbers(count, -1, 2), y[2][3], *pair[2] = {y[0], y[1]}, *maximum[2];
      FOR_BOTH_LEVELS(level) {
        y[level][0] = levels[level]->sum(x, count);
        y[level][1] = (float)levels[level]->sum_of_squares(x, count);
        y[level][2] = levels[level]->maximum(x, count);
        maximum[level] = &y[level][2];
      }
      expect_close(pair, 2, rounding, "sums of %ld", count);
      expect_close(maximum, 1, 0, "maximum of %ld", count);
      release();
    }
  }
  begin("sum_rows, maximum_rows");
  for (int i = 0; i < COUNT(counts); i++) {
    for (int longer = 0; longer < 2; longer++) {
      long inner = counts[i], stride = inner + longer * 5, length = longer ? 150 : 7;
      float *x = numbers((length - 1) * stride + inner, -1, 2), *y[2];
      results(inner, y);
      FOR_BOTH_LEVELS(level) levels[level]->sum_rows(x, length, inner, stride, y[level]);
      expect_close(y, inner, rounding, "sum of %ld rows of %ld", length, inner);
      results(inner, y);
      FOR_BOTH_LEVELS(level) levels[level]->maximum_rows(x, length, inner, stride, y[level]);
      expect_close(y, inner, 0, "maximum of %ld rows of %ld", length, inner);
      release();
    }
  }
}

static void compare_strided_copy(void) {
  begin("strided_copy");
  static const long strides[][2] = {{40, 1}, {1, 40}, {1, 45}, {2, 90}, {90, 2}, {0, 1}, {1, 0}};
  for (int i = 0; i < COUNT(strides); i++) {
    for (long rows = 1; rows <= 37; rows += 6) {
      long columns = 39;
      float *x = numbers((rows - 1) * strides[i][0] + (columns - 1) * strides[i][1] + 1, -1, 1);
      float *y[2];
      results(rows * columns, y);
      FOR_BOTH_LEVELS(level) {
        levels[level]->strided_copy(x, strides[i], y[level], rows, columns);
      }
      expect_close(y, rows * columns, 0, "%ld rows, strides %d", rows, i);
      release();
    }
  }
}

static void compare_random(void) {
  struct cajal_random_key key = {{11, 12}, 13, {14, 15}};
  static const uint32_t blocks[] = {0, 7, 0xfffffffe};
  for (int which = 0; which < 2; which++) {
    begin(which ? "dropout" : "random_uniform");
    for (int i = 0; i < COUNT(counts); i++) {
      for (int block = 0; block < COUNT(blocks); block++) {
        float *x = numbers(counts[i], 1, 2), *y[2];
        struct cajal_dropout dropout = {key, 0x60000000, 1.6f};
        results(counts[i], y);
        FOR_BOTH_LEVELS(level) {
          if (which) {
            levels[level]->dropout(x, &dropout, blocks[block], y[level], counts[i]);
          } else {
            levels[level]->random_uniform(&key, -0.7f, 1.9f, blocks[block], y[level], counts[i]);
          }
        }
        expect_close(y, counts[i], 0, "%ld from block %u", counts[i], blocks[block]);
        release();
      }
    }
  }
}

static void compare_adam(void) {
  begin("adam");
  struct cajal_adam step = {0.01f, 0.9f, 0.98f, 1e-9f, 0.5f, 0.001f};
  for (int i = 0; i < COUNT(counts); i++) {
    long count = counts[i];
    float *gradients = numbers(count, -1, 1), *w[2], *m[2], *v[2];
    copies(numbers(count, -1, 1), count, w);
    copies(numbers(count, -1, 1), count, m);
    copies(numbers(count, 0, 1), count, v);
    FOR_BOTH_LEVELS(level) {
      levels[level]->adam(w[level], gradients, m[level], v[level], &step, count);
    }
    expect_close(w, count, rounding, "parameters, %ld", count);
    expect_close(m, count, rounding, "first moments, %ld", count);
    expect_close(v, count, rounding, "second moments, %ld", count);
    release();
  }
}

static void compare_momentum(void) {
  begin("momentum, moving_average");
  for (int i = 0; i < COUNT(counts); i++) {
    long count = counts[i];
    float *gradients = numbers(count, -1, 1), *w[2], *m[2];
    copies(numbers(count, -1, 1), count, w);
    copies(numbers(count, -1, 1), count, m);
    for (int nesterov = 0; nesterov < 2; nesterov++) {
      FOR_BOTH_LEVELS(level) {
        levels[level]->momentum(w[level], gradients, m[level], 0.1f, 0.9f, 0.5f, nesterov, count);
      }
      expect_close(w, count, rounding, "parameters, %ld, nesterov %d", count, nesterov);
      expect_close(m, count, rounding, "momenta, %ld, nesterov %d", count, nesterov);
    }
    FOR_BOTH_LEVELS(level) levels[level]->moving_average(gradients, w[level], 0.9f, count);
    expect_close(w, count, rounding, "average, %ld", count);
    release();
  }
}

void compare_elements(void) {
  compare_unary();
  compare_binary();
  compare_affine();
  compare_reductions();
  compare_strided_copy();
  compare_random();
  compare_adam();
  compare_momentum();
}
