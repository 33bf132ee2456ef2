// The matrix product: panels of the right operand are packed; the left operand is packed if its
// columns are contiguous or if it is read often enough, and otherwise read in place.

/// Columns of a panel, summed elements of a block, rows of a packed block of the left operand, and
/// the number of result columns from which packing the left operand's rows pays off.
enum { PANEL = TILE_VECTORS * LANES, DEPTH = 256, PACKED_ROWS = 192, MANY_COLUMNS = 512 };

/// The epilogue of one panel's products.
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

/// Packs rows of the left operand tile by tile as product_panel reads it.
static void pack_left(
    const float *a, long a_row, long a_step, long rows, long steps, float *packed) {
  for (long row = 0; row < rows;) {
    int some = next_rows(rows - row, TILE_ROWS);
    if (a_step == 1) {
      transpose(a + row * a_row, a_row, some, steps, 1, packed, some);
    } else {
      WITH_CONSTANT_ROWS(some, TILE_ROWS, {
        for (long k = 0; k < steps; k++) {
          memcpy(packed + k * ROWS, a + k * a_step + row, sizeof(float) * ROWS);
        }
      })
    }
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

/// Summed elements of a block, so that all blocks are about the same; at least 4.
INLINE long block_depth(long inner) {
  if (inner <= 0) return 4;
  long blocks = (inner + DEPTH - 1) / DEPTH;
  return ((inner + blocks - 1) / blocks + 3) & ~3L;
}

INLINE long padded_columns(const struct cajal_product *p) {
  return (p->columns + PANEL - 1) / PANEL * PANEL;
}

/// Panels from ... to of the whole right operand as product_many_rows reads them: [block, panel,
/// step, PANEL].
static void kernel_pack_right(
    const struct cajal_product *p, long inner, long panel_from, long panel_to, float *packed) {
  long depth = block_depth(inner);
  for (long k = 0; k < inner; k += depth) {
    long steps = inner - k < depth ? inner - k : depth;
    for (long column = panel_from * PANEL; column < panel_to * PANEL; column += PANEL) {
      pack_right(
          p->right + k * p->right_step + column * p->right_column, p->right_step, p->right_column,
          p->columns - column, steps, packed + k * padded_columns(p) + column * steps);
    }
  }
}

/// The epilogue of a block's products; a bias that ends within the panel is padded.
INLINE struct panel_result result_of_panel(
    const struct cajal_product *p, long column, int first, int last, float padded_bias[PANEL]) {
  struct panel_result to = {
      .bias = last && p->bias ? p->bias + column : NULL,
      .loads = !first || p->accumulates,
      .relu = last && p->relu};
  if (to.bias && p->columns - column < PANEL) {
    memset(padded_bias, 0, sizeof(float) * PANEL);
    memcpy(padded_bias, to.bias, sizeof(float) * (p->columns - column));
    to.bias = padded_bias;
  }
  return to;
}

/// The columns from `first_column` on, with packing.
static void product_many_rows(
    const struct cajal_product *p, long row_from, long row_to, long inner_from, long inner_to,
    long first_column) {
  float own_panel[DEPTH * PANEL] __attribute__((aligned(64)));
  float a[PACKED_ROWS * DEPTH] __attribute__((aligned(64)));
  float padded_bias[PANEL];
  int packs = (p->left_row == 1 && p->left_step != 1) || p->columns >= MANY_COLUMNS;
  long depth = block_depth(inner_to - inner_from);
  long block_rows = packs ? PACKED_ROWS : row_to - row_from;
  // An empty sum is one empty block.
  for (long k = inner_from; k < inner_to || k == inner_from; k += depth) {
    long steps = inner_to - k < depth ? inner_to - k : depth;
    for (long row = row_from; row < row_to; row += block_rows) {
      long rows = row_to - row < block_rows ? row_to - row : block_rows;
      const float *left = p->left + row * p->left_row + k * p->left_step;
      if (packs) pack_left(left, p->left_row, p->left_step, rows, steps, a);
      for (long column = first_column; column < p->columns; column += PANEL) {
        long columns = p->columns - column;
        const float *b = own_panel;
        if (p->packed_right) {
          b = p->packed_right + k * padded_columns(p) + column * steps;
        } else {
          pack_right(
              p->right + k * p->right_step + column * p->right_column, p->right_step,
              p->right_column, columns, steps, own_panel);
        }
        struct panel_result to =
            result_of_panel(p, column, k == inner_from, k + steps == inner_to, padded_bias);
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
  int few = row_to - row_from <= FEW_ROWS && !p->packed_right;
  if (few && p->right_column == 1 && p->left_step == 1) {
    column = product_few_rows(p, row_from, row_to, inner_from, inner_to);
  }
  if (column < p->columns) {
    product_many_rows(p, row_from, row_to, inner_from, inner_to, column);
  }
}
