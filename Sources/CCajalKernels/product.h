// The matrix product: panels of the right operand are packed, the left operand is read in place where its
// rows are contiguous and packed where its columns are.

/// Columns of a panel, summed elements of a block, rows of a packed block of the left operand.
enum { PANEL = TILE_VECTORS * LANES, DEPTH = 256, PACKED_ROWS = 128 };

/// What becomes of one panel's products.
struct panel_result {
  const float *bias;
  int loads, relu;
};

INLINE void product_tile(
    int rows, const float *a, long a_row, long a_step, const float *b, long steps,
    const struct panel_result *to, float *result, long result_row) {
  tile c;
  if (to->loads) {
    tile_load(c, rows, TILE_VECTORS, result, result_row);
  } else {
    tile_clear(c, rows, TILE_VECTORS);
  }
  tile_multiply(c, rows, TILE_VECTORS, a, a_row, a_step, b, PANEL, steps);
  if (to->bias) {
    UNROLL for (int j = 0; j < TILE_VECTORS; j++) {
      vf bias = load(to->bias + j * LANES);
      UNROLL for (int i = 0; i < rows; i++) c[i][j] += bias;
    }
  }
  if (to->relu) {
    UNROLL for (int i = 0; i < rows; i++) {
      UNROLL for (int j = 0; j < TILE_VECTORS; j++) {
        c[i][j] = c[i][j] < splat(0) ? splat(0) : c[i][j];
      }
    }
  }
  tile_store(c, rows, TILE_VECTORS, result, result_row);
}

/// Rows of the left operand, as they are or packed, times one panel.
INLINE void product_panel(
    const float *a, long a_row, int packed, long rows, const float *b, long steps,
    const struct panel_result *to, float *result, long result_row, long columns) {
  float edge[MOST_ROWS * PANEL];
  for (long row = 0; row < rows;) {
    int some = next_rows(rows - row, TILE_ROWS);
    const float *from = packed ? a + row * steps : a + row * a_row;
    long from_row = packed ? 1 : a_row, from_step = packed ? some : 1;
    float *target = result + row * result_row;
    int whole = columns >= PANEL;
    if (!whole && to->loads) {
      for (int i = 0; i < some; i++) {
        memcpy(edge + i * PANEL, target + i * result_row, sizeof(float) * columns);
      }
    }
    float *stored = whole ? target : edge;
    long stored_row = whole ? result_row : PANEL;
    WITH_CONSTANT_ROWS(some, TILE_ROWS, {
      product_tile(
          ROWS, from, from_row, packed ? ROWS : from_step, b, steps, to, stored, stored_row);
    })
    if (!whole) {
      for (int i = 0; i < some; i++) {
        memcpy(target + i * result_row, edge + i * PANEL, sizeof(float) * columns);
      }
    }
    row += some;
  }
}

static __attribute__((noinline)) void product_panel_in_place(
    const float *a, long a_row, long rows, const float *b, long steps,
    const struct panel_result *to, float *result, long result_row, long columns) {
  product_panel(a, a_row, 0, rows, b, steps, to, result, result_row, columns);
}

static __attribute__((noinline)) void product_panel_packed(
    const float *a, long rows, const float *b, long steps, const struct panel_result *to,
    float *result, long result_row, long columns) {
  product_panel(a, 0, 1, rows, b, steps, to, result, result_row, columns);
}

/// Packs the left operand, stored [step, row], tile by tile as product_panel reads it.
static void pack_left(const float *a, long a_step, long rows, long steps, float *packed) {
  for (long row = 0; row < rows;) {
    int some = next_rows(rows - row, TILE_ROWS);
    WITH_CONSTANT_ROWS(some, TILE_ROWS, {
      for (long k = 0; k < steps; k++) {
        memcpy(packed + k * ROWS, a + k * a_step + row, sizeof(float) * ROWS);
      }
    })
    packed += some * steps;
    row += some;
  }
}

/// Packs `columns` columns of the right operand as [step, PANEL], with zeros beyond.
static void pack_right(
    const float *b, long b_step, long b_column, long columns, long steps, float *packed) {
  long some = columns < PANEL ? columns : PANEL;
  if (some < PANEL) memset(packed, 0, sizeof(float) * steps * PANEL);
  if (b_column != 1) {
    transpose(b, b_column, some, steps, 1, packed, PANEL);
  } else if (some < PANEL) {
    for (long k = 0; k < steps; k++) {
      memcpy(packed + k * PANEL, b + k * b_step, sizeof(float) * some);
    }
  } else {
    for (long k = 0; k < steps; k++) {
      UNROLL for (int j = 0; j < TILE_VECTORS; j++) {
        store(packed + k * PANEL + j * LANES, load(b + k * b_step + j * LANES));
      }
    }
  }
}

INLINE void few_rows_tile(
    int rows, int vectors, const struct cajal_product *p, const float *a, float *result, long column,
    long inner_from, long inner_to) {
  tile c;
  float *target = result + column;
  if (p->accumulates) {
    tile_load(c, rows, vectors, target, p->columns);
  } else {
    tile_clear(c, rows, vectors);
  }
  tile_multiply(
      c, rows, vectors, a + inner_from, p->left_row, 1, p->right + inner_from * p->right_step + column,
      p->right_step, inner_to - inner_from);
  UNROLL for (int j = 0; j < vectors; j++) {
    vf bias = p->bias ? load(p->bias + column + j * LANES) : splat(0);
    UNROLL for (int i = 0; i < rows; i++) {
      c[i][j] += bias;
      if (p->relu) c[i][j] = c[i][j] < splat(0) ? splat(0) : c[i][j];
    }
  }
  tile_store(c, rows, vectors, target, p->columns);
}

/// A few rows times a right operand whose rows are contiguous: nothing is packed. For decoding, where the
/// packing would cost more than the product. Returns the number of columns done.
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

/// The columns from `column` on, all rows, with packing.
static void product_many_rows(
    const struct cajal_product *p, long row_from, long row_to, long inner_from, long inner_to,
    long first_column) {
  float b[DEPTH * PANEL] __attribute__((aligned(64)));
  float a[PACKED_ROWS * DEPTH] __attribute__((aligned(64)));
  float padded_bias[PANEL];
  int packs = p->left_row == 1 && p->left_step != 1;
  long inner = inner_to - inner_from;
  long blocks = inner > 0 ? (inner + DEPTH - 1) / DEPTH : 1;
  long depth = ((inner + blocks - 1) / blocks + 3) & ~3L;
  long block_rows = packs ? PACKED_ROWS : row_to - row_from;
  for (long block = 0; block < blocks; block++) {
    long k = inner_from + block * depth;
    long steps = inner_to - k < depth ? inner_to - k : depth;
    int last = block == blocks - 1;
    for (long row = row_from; row < row_to; row += block_rows) {
      long rows = row_to - row < block_rows ? row_to - row : block_rows;
      const float *left = p->left + row * p->left_row + k * p->left_step;
      if (packs) pack_left(left, p->left_step, rows, steps, a);
      for (long column = first_column; column < p->columns; column += PANEL) {
        long columns = p->columns - column;
        const float *right = p->right + k * p->right_step + column * p->right_column;
        pack_right(right, p->right_step, p->right_column, columns, steps, b);
        struct panel_result to = {
            .bias = last && p->bias ? p->bias + column : NULL,
            .loads = block > 0 || p->accumulates,
            .relu = last && p->relu};
        if (to.bias && columns < PANEL) {
          memset(padded_bias, 0, sizeof padded_bias);
          memcpy(padded_bias, to.bias, sizeof(float) * columns);
          to.bias = padded_bias;
        }
        float *result = p->result + row * p->columns + column;
        if (packs) {
          product_panel_packed(a, rows, b, steps, &to, result, p->columns, columns);
        } else {
          product_panel_in_place(
              left, p->left_row, rows, b, steps, &to, result, p->columns, columns);
        }
      }
    }
  }
}

static void kernel_product(
    const struct cajal_product *p, long row_from, long row_to, long inner_from, long inner_to) {
  enum { FEW_ROWS = 5 };
  long column = 0;
  if (row_to - row_from <= FEW_ROWS && p->right_column == 1 && p->left_step == 1) {
    column = product_few_rows(p, row_from, row_to, inner_from, inner_to);
  }
  if (column < p->columns) {
    product_many_rows(p, row_from, row_to, inner_from, inner_to, column);
  }
}
