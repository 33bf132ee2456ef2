// Two-dimensional convolutions as implicit matrix products: a row of the product is a position of
// the result, and its left operand is read in place from the (padded) picture, tap by tap.

enum {
  /// The most rows of a tile.
  CONVOLUTION_ROWS = 8,
  /// Summed elements of a block, so that a panel's part of the right operand stays in the L1
  /// cache.
  CONVOLUTION_DEPTH = 96,
  /// Positions that are worked on with one block before the next.
  CONVOLUTION_POSITIONS = 256,
  /// Positions that one block of the gradient of the kernel sums over.
  GRADIENT_POSITIONS = 64,
};
typedef vf convolution_tile[CONVOLUTION_ROWS][FEW_VECTORS];

/// Runs the body with VECTORS a compile-time constant equal to `vectors`.
#define WITH_CONVOLUTION_VECTORS(vectors, ...) \
  switch (vectors) { \
    case 4: \
      if (TILE_VECTORS >= 4) { enum { VECTORS = TILE_VECTORS >= 4 ? 4 : 1 }; __VA_ARGS__ } \
      break; \
    case 3: \
      if (TILE_VECTORS >= 3) { enum { VECTORS = TILE_VECTORS >= 3 ? 3 : 1 }; __VA_ARGS__ } \
      break; \
    case 2: { enum { VECTORS = 2 }; __VA_ARGS__ } break; \
    default: { enum { VECTORS = 1 }; __VA_ARGS__ } break; \
  }

/// Runs the body with ROWS a compile-time constant: as many as are left and as the registers hold,
/// with VECTORS vectors each.
#define WITH_CONVOLUTION_ROWS(left, ...) \
  { \
    enum { FIT = TILE_ROWS * TILE_VECTORS / VECTORS }; \
    enum { MOST = FIT > CONVOLUTION_ROWS ? CONVOLUTION_ROWS : FIT }; \
    if ((left) >= MOST) { enum { ROWS = MOST }; __VA_ARGS__ } \
    else if ((left) >= 4) { enum { ROWS = 4 }; __VA_ARGS__ } \
    else if ((left) >= 2) { enum { ROWS = 2 }; __VA_ARGS__ } \
    else { enum { ROWS = 1 }; __VA_ARGS__ } \
  }

/// Vectors of a panel: the columns are spread evenly over as few panels as there may be.
INLINE int convolution_panel_vectors(long columns) {
  long vectors = (columns + LANES - 1) / LANES;
  long panels = (vectors + TILE_VECTORS - 1) / TILE_VECTORS;
  return panels > 0 ? (int)((vectors + panels - 1) / panels) : 1;
}

static long kernel_convolution_panel(long columns) {
  return convolution_panel_vectors(columns) * LANES;
}

/// Loads the first `columns` columns of a tile's rows; the others are 0.
INLINE void convolution_load(
    convolution_tile c, int rows, int vectors, float *const *from, long columns) {
  int whole = columns >= vectors * LANES;
  UNROLL for (int i = 0; i < rows; i++) {
    UNROLL for (int j = 0; j < vectors; j++) {
      const float *p = from[i] + j * LANES;
      c[i][j] = whole || columns >= (j + 1) * LANES ? load(p)
          : columns > j * LANES ? load_some(p, columns - j * LANES, 0) : splat(0);
    }
  }
}

/// Stores the first `columns` columns of a tile's rows.
INLINE void convolution_store(
    convolution_tile c, int rows, int vectors, float *const *to, long columns) {
  int whole = columns >= vectors * LANES;
  UNROLL for (int i = 0; i < rows; i++) {
    UNROLL for (int j = 0; j < vectors; j++) {
      if (whole) {
        store(to[i] + j * LANES, c[i][j]);
      } else if (columns > j * LANES) {
        store_some(to[i] + j * LANES, c[i][j], columns - j * LANES);
      }
    }
  }
}

/// c[i, :] += sum over k of from[i][offset + k] * b[k * b_step + :]
INLINE void convolution_multiply(
    convolution_tile c, int rows, int vectors, const float *const *from, long offset,
    const float *b, long b_step, long steps) {
  const float *a[CONVOLUTION_ROWS];
  UNROLL for (int i = 0; i < rows; i++) a[i] = from[i] + offset;
  _Pragma("clang loop unroll_count(4)")
  for (long k = 0; k < steps; k++) {
    vf line[FEW_VECTORS];
    UNROLL for (int j = 0; j < vectors; j++) line[j] = load(b + k * b_step + j * LANES);
    UNROLL for (int i = 0; i < rows; i++) {
      vf factor = splat(a[i][k]);
      UNROLL for (int j = 0; j < vectors; j++) c[i][j] = multiply_add(factor, line[j], c[i][j]);
    }
  }
}

/// Part of the sum: some taps, and some elements of each.
struct convolution_block {
  long tap_from, tap_to, inner_from, inner_to;
};

/// One tile: adds one block's products to what the result holds, or to the bias where it is the
/// first.
INLINE void convolution_tile_of(
    int rows, int vectors, const struct cajal_convolution *p, const struct convolution_block *block,
    long panel, const float *const *from, float *const *to) {
  long column = panel * vectors * LANES, columns = p->columns - column;
  const float *right = p->right + panel * p->right_panel + block->inner_from * p->right_step;
  float *targets[CONVOLUTION_ROWS];
  UNROLL for (int i = 0; i < rows; i++) targets[i] = to[i] + column;
  convolution_tile c;
  if (block->tap_from > 0 || block->inner_from > 0) {
    convolution_load(c, rows, vectors, targets, columns);
  } else {
    UNROLL for (int j = 0; j < vectors; j++) {
      long some = columns - j * LANES;
      vf bias = p->bias && some > 0 ? load_some(p->bias + column + j * LANES, some, 0) : splat(0);
      UNROLL for (int i = 0; i < rows; i++) c[i][j] = bias;
    }
  }
  for (long tap = block->tap_from; tap < block->tap_to; tap++) {
    convolution_multiply(
        c, rows, vectors, from,
        tap / p->tap_columns * p->tap_row_step + tap % p->tap_columns * p->tap_column_step +
            block->inner_from,
        right + tap * p->right_tap, p->right_step, block->inner_to - block->inner_from);
  }
  convolution_store(c, rows, vectors, targets, columns);
}

static __attribute__((noinline)) void convolution_panel_of(
    const struct cajal_convolution *p, const struct convolution_block *block, long panel,
    const float *const *from, float *const *to, long positions) {
  WITH_CONVOLUTION_VECTORS(convolution_panel_vectors(p->columns), {
    for (long i = 0; i < positions;) {
      WITH_CONVOLUTION_ROWS(positions - i, {
        convolution_tile_of(ROWS, VECTORS, p, block, panel, from + i, to + i);
        i += ROWS;
      })
    }
  })
}

/// Where positions from ... to are in the left operand and in the result. Positions count through
/// images, rows and columns.
static void convolution_places(
    const struct cajal_convolution *p, long from, long to, const float **left, float **result) {
  long column = from % p->width, row = from / p->width % p->height;
  long image = from / p->width / p->height;
  for (long i = from; i < to; i++, left++, result++) {
    *left = p->left + image * p->left_image + row * p->left_row + column * p->left_column;
    *result = p->result + image * p->result_image + row * p->result_row + column * p->result_column;
    if (++column < p->width) continue;
    column = 0;
    if (++row < p->height) continue;
    row = 0;
    image++;
  }
}

static void kernel_convolution(const struct cajal_convolution *p, long from, long to) {
  const float *left[CONVOLUTION_POSITIONS];
  float *result[CONVOLUTION_POSITIONS];
  long width = kernel_convolution_panel(p->columns), panels = (p->columns + width - 1) / width;
  long taps = p->tap_rows * p->tap_columns;
  long parts = (p->inner + CONVOLUTION_DEPTH - 1) / CONVOLUTION_DEPTH;
  long depth = parts > 0 ? (p->inner + parts - 1) / parts : 1;
  long some_taps = depth > 0 && CONVOLUTION_DEPTH / depth > 1 ? CONVOLUTION_DEPTH / depth : 1;
  for (long start = from; start < to; start += CONVOLUTION_POSITIONS) {
    long positions = to - start < CONVOLUTION_POSITIONS ? to - start : CONVOLUTION_POSITIONS;
    convolution_places(p, start, start + positions, left, result);
    for (long tap = 0; tap < taps; tap += some_taps) {
      for (long inner = 0; inner < p->inner; inner += depth) {
        struct convolution_block block = {
            .tap_from = tap, .tap_to = tap + some_taps < taps ? tap + some_taps : taps,
            .inner_from = inner, .inner_to = inner + depth < p->inner ? inner + depth : p->inner};
        for (long panel = 0; panel < panels; panel++) {
          convolution_panel_of(p, &block, panel, left, result, positions);
        }
      }
    }
  }
}

/// Packs the right operand, an element (tap row, tap column, inner, column) of which is at the
/// given strides, as [panel, tap, inner, columns of a panel] with zeros beyond.
static void kernel_convolution_pack(
    const struct cajal_convolution *p, const struct cajal_convolution_kernel *kernel,
    float *packed) {
  long width = kernel_convolution_panel(p->columns);
  for (long column = 0; column < p->columns; column += width) {
    long some = p->columns - column < width ? p->columns - column : width;
    for (long row = 0; row < p->tap_rows; row++) {
      for (long tap = 0; tap < p->tap_columns; tap++, packed += p->inner * width) {
        const float *from = kernel->elements + row * kernel->tap_row_step +
            tap * kernel->tap_column_step + column * kernel->column_step;
        if (some < width) memset(packed, 0, sizeof(float) * p->inner * width);
        if (kernel->column_step != 1) {
          transpose(from, kernel->column_step, some, p->inner, 1, packed, width);
          continue;
        }
        for (long k = 0; k < p->inner; k++) {
          memcpy(packed + k * width, from + k * kernel->inner_step, sizeof(float) * some);
        }
      }
    }
  }
}

/// Positions `from ... to` of the result's gradient, the columns of one panel, packed with zeros
/// beyond.
static void pack_gradient(
    const struct cajal_convolution *p, const float *gradient, long from, long to, long column,
    long width, float *packed) {
  long some = p->columns - column < width ? p->columns - column : width;
  for (long i = from; i < to; i++, packed += width) {
    memcpy(packed, gradient + i * p->result_column + column, sizeof(float) * some);
    if (some < width) memset(packed + some, 0, sizeof(float) * (width - some));
  }
}

/// One tile of the gradient of the kernel: rows are elements of a tap, and the sum is over
/// positions.
INLINE void kernel_gradient_tile(
    int rows, int vectors, const struct cajal_convolution *p, const float *left, long from, long to,
    const float *packed, float *target, long target_row, long columns) {
  float *targets[CONVOLUTION_ROWS];
  UNROLL for (int i = 0; i < rows; i++) targets[i] = target + i * target_row;
  convolution_tile c;
  convolution_load(c, rows, vectors, targets, columns);
  for (long i = from; i < to;) {
    long column = i % p->width, row = i / p->width % p->height, image = i / p->width / p->height;
    long run = p->width - column < to - i ? p->width - column : to - i;
    const float *a =
        left + image * p->left_image + row * p->left_row + column * p->left_column;
    const float *b = packed + (i - from) * vectors * LANES;
    _Pragma("clang loop unroll_count(4)")
    for (long k = 0; k < run; k++) {
      vf line[FEW_VECTORS];
      UNROLL for (int j = 0; j < vectors; j++) line[j] = load(b + (k * vectors + j) * LANES);
      UNROLL for (int r = 0; r < rows; r++) {
        vf factor = splat(a[k * p->left_column + r]);
        UNROLL for (int j = 0; j < vectors; j++) c[r][j] = multiply_add(factor, line[j], c[r][j]);
      }
    }
    i += run;
  }
  convolution_store(c, rows, vectors, targets, columns);
}

static __attribute__((noinline)) void kernel_gradient_of_tap(
    const struct cajal_convolution *p, const float *left, long from, long to, const float *packed,
    float *target, long target_row, long columns) {
  WITH_CONVOLUTION_VECTORS(convolution_panel_vectors(p->columns), {
    for (long i = 0; i < p->inner;) {
      WITH_CONVOLUTION_ROWS(p->inner - i, {
        kernel_gradient_tile(
            ROWS, VECTORS, p, left + i, from, to, packed, target + i * target_row, target_row,
            columns);
        i += ROWS;
      })
    }
  })
}

static void kernel_convolution_kernel_gradient(
    const struct cajal_convolution *p, const float *gradient, long positions, long tap_from,
    long tap_to, float *kernel_gradient, long kernel_row, long kernel_tap) {
  float packed[GRADIENT_POSITIONS * TILE_VECTORS * LANES] __attribute__((aligned(64)));
  long width = kernel_convolution_panel(p->columns);
  for (long column = 0; column < p->columns; column += width) {
    for (long from = 0; from < positions; from += GRADIENT_POSITIONS) {
      long to = from + GRADIENT_POSITIONS < positions ? from + GRADIENT_POSITIONS : positions;
      pack_gradient(p, gradient, from, to, column, width, packed);
      for (long tap = tap_from; tap < tap_to; tap++) {
        const float *left = p->left + tap / p->tap_columns * p->tap_row_step +
            tap % p->tap_columns * p->tap_column_step;
        kernel_gradient_of_tap(
            p, left, from, to, packed, kernel_gradient + tap * kernel_tap + column, kernel_row,
            p->columns - column);
      }
    }
  }
}
