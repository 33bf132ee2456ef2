// Matrix products: tiles and their remainders, both transpositions, all that is done to what is
// stored.

#include "compare.h"

struct shape { long rows, inner, columns; };

/// A few rows (not packed), whole and partial register tiles and panels of every level, more than
/// one block of the sum (256), more than one block of packed rows (192), enough columns for packing
/// rows (512).
static const struct shape shapes[] = {
    {1, 1, 1},   {1, 40, 300}, {2, 33, 128}, {3, 64, 96},    {5, 17, 161},  {6, 16, 64},
    {7, 5, 65},  {8, 300, 70}, {9, 31, 15},  {12, 8, 64},    {13, 64, 130}, {17, 257, 33},
    {64, 64, 64}, {70, 20, 47}, {131, 6, 66}, {140, 260, 68},
    {200, 260, 530},
};

enum mode { PLAIN, BIAS, BIAS_AND_RELU, ACCUMULATES, MODES };

/// The right operand, packed in two pieces.
static const float *packed_right(int level, const struct cajal_product *product, long inner) {
  const struct cajal_kernels *kernels = levels[level];
  long panels = (product->columns + kernels->panel_columns - 1) / kernels->panel_columns;
  float *packed = numbers(inner * panels * kernels->panel_columns, 0, 0);
  kernels->pack_right(product, inner, 0, panels / 2, packed);
  kernels->pack_right(product, inner, panels / 2, panels, packed);
  return packed;
}

static void compare_product(struct shape s, int transposes_left, int transposes_right, int mode) {
  long count = s.rows * s.columns;
  float *left = numbers(s.rows * s.inner, -1, 1), *right = numbers(s.inner * s.columns, -1, 1);
  float *bias = numbers(s.columns, -1, 1), *y[2];
  if (mode == ACCUMULATES) {
    copies(numbers(count, -1, 1), count, y);
  } else {
    results(count, y);
  }
  FOR_BOTH_LEVELS(level) {
    struct cajal_product product = {
        .left = left, .right = right, .result = y[level], .columns = s.columns,
        .bias = mode == BIAS || mode == BIAS_AND_RELU ? bias : NULL,
        .left_row = transposes_left ? 1 : s.inner, .left_step = transposes_left ? s.rows : 1,
        .right_step = transposes_right ? 1 : s.columns,
        .right_column = transposes_right ? s.inner : 1,
        .accumulates = mode == ACCUMULATES, .relu = mode == BIAS_AND_RELU};
    if (mode != ACCUMULATES) product.packed_right = packed_right(level, &product, s.inner);
    // In two pieces, as threads cut the work: of the sum where it accumulates, else of the rows.
    long row = mode == ACCUMULATES ? s.rows : s.rows / 3;
    long inner = mode == ACCUMULATES ? s.inner / 2 : s.inner;
    if (row > 0) levels[level]->product(&product, 0, row, 0, inner);
    long row_from = mode == ACCUMULATES ? 0 : row, inner_from = mode == ACCUMULATES ? inner : 0;
    levels[level]->product(&product, row_from, s.rows, inner_from, s.inner);
  }
  expect_close(
      y, count, rounding, "%ldx%ldx%ld transposes %d %d mode %d", s.rows, s.inner, s.columns,
      transposes_left, transposes_right, mode);
  release();
}

void compare_products(void) {
  begin("product");
  for (int i = 0; i < COUNT(shapes); i++) {
    for (int transposes = 0; transposes < 4; transposes++) {
      for (int mode = 0; mode < MODES; mode++) {
        compare_product(shapes[i], transposes & 1, transposes >> 1, mode);
      }
    }
  }
}
