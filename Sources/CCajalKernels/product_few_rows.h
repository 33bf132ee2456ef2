// The matrix product of a few rows, as in decoding: nothing is packed, because packing would cost
// more than the product.

INLINE void few_rows_tile(
    int rows, int vectors, const struct cajal_product *p, const float *a, float *result,
    long column, long inner_from, long inner_to) {
  tile c;
  float *target = result + column;
  if (p->accumulates) {
    tile_load(c, rows, vectors, target, p->columns);
  } else {
    tile_clear(c, rows, vectors);
  }
  tile_multiply(
      c, rows, vectors, a + inner_from, p->left_row, 1,
      p->right + inner_from * p->right_step + column, p->right_step, inner_to - inner_from);
  UNROLL for (int j = 0; j < vectors; j++) {
    vf bias = p->bias ? load(p->bias + column + j * LANES) : splat(0);
    UNROLL for (int i = 0; i < rows; i++) {
      c[i][j] += bias;
      if (p->relu) c[i][j] = c[i][j] < splat(0) ? splat(0) : c[i][j];
    }
  }
  tile_store(c, rows, vectors, target, p->columns);
}

/// A few rows times a right operand whose rows are contiguous. Returns the number of columns done.
static long product_few_rows(
    const struct cajal_product *p, long row_from, long row_to, long inner_from, long inner_to) {
  long column = 0;
  for (; column + FEW_VECTORS * LANES <= p->columns; column += FEW_VECTORS * LANES) {
    long row = row_from;
    for (; row + 2 <= row_to; row += 2) {
      const float *a = p->left + row * p->left_row;
      float *result = p->result + row * p->columns;
      few_rows_tile(2, FEW_VECTORS / 2, p, a, result, column, inner_from, inner_to);
      few_rows_tile(
          2, FEW_VECTORS / 2, p, a, result, column + FEW_VECTORS / 2 * LANES, inner_from, inner_to);
    }
    for (; row < row_to; row++) {
      few_rows_tile(
          1, FEW_VECTORS, p, p->left + row * p->left_row, p->result + row * p->columns, column,
          inner_from, inner_to);
    }
  }
  for (; column + 2 * LANES <= p->columns; column += 2 * LANES) {
    for (long row = row_from; row < row_to; row++) {
      few_rows_tile(
          1, 2, p, p->left + row * p->left_row, p->result + row * p->columns, column, inner_from,
          inner_to);
    }
  }
  return column;
}
