// The micro-kernel of all products: a register tile of the result, to which products of broadcast
// scalars and vectors are added.

/// The largest tiles: HEAD_ROWS rows, and one row of FEW_VECTORS vectors.
enum { MOST_ROWS = HEAD_ROWS > TILE_ROWS ? HEAD_ROWS : TILE_ROWS, FEW_VECTORS = 8 };
/// A tile; the part in use is known at compile time and lives in registers.
typedef vf tile[MOST_ROWS][FEW_VECTORS];

INLINE void tile_clear(tile c, int rows, int vectors) {
  UNROLL for (int i = 0; i < rows; i++) {
    UNROLL for (int j = 0; j < vectors; j++) c[i][j] = splat(0);
  }
}

INLINE void tile_load(tile c, int rows, int vectors, const float *p, long row) {
  UNROLL for (int i = 0; i < rows; i++) {
    UNROLL for (int j = 0; j < vectors; j++) c[i][j] = load(p + i * row + j * LANES);
  }
}

INLINE void tile_store(tile c, int rows, int vectors, float *p, long row) {
  UNROLL for (int i = 0; i < rows; i++) {
    UNROLL for (int j = 0; j < vectors; j++) store(p + i * row + j * LANES, c[i][j]);
  }
}

/// c[i, :] += sum over k of a[i * a_row + k * a_step] * b[k * b_step + :]
INLINE void tile_multiply(
    tile c, int rows, int vectors, const float *a, long a_row, long a_step, const float *b,
    long b_step, long steps) {
  // Unrolled by four: loop overhead competes with the loads for the front end.
  _Pragma("clang loop unroll_count(4)")
  for (long k = 0; k < steps; k++) {
    vf line[FEW_VECTORS];
    UNROLL for (int j = 0; j < vectors; j++) line[j] = load(b + k * b_step + j * LANES);
    UNROLL for (int i = 0; i < rows; i++) {
      vf factor = splat(a[i * a_row + k * a_step]);
      UNROLL for (int j = 0; j < vectors; j++) c[i][j] = multiply_add(factor, line[j], c[i][j]);
    }
  }
}

/// The number of rows of the next tile when `left` remain: `most`, or fewer, so that no tile is too
/// small to hide the latency of the multiply-adds.
INLINE int next_rows(long left, int most) {
  if (left >= most + 3 || left == most) return most;
  if (left > 8) return 6;
  if (left > 6) return 4;
  return left > 4 ? 3 : (int)left;
}

/// Runs `body` with ROWS a compile-time constant equal to `rows`, which came from next_rows.
#define WITH_CONSTANT_ROWS(rows, most, body) \
  switch (rows) { \
    case 12: if (most >= 12) { enum { ROWS = most >= 12 ? 12 : 1 }; body } break; \
    case 6: if (most >= 6) { enum { ROWS = most >= 6 ? 6 : 1 }; body } break; \
    case 4: { enum { ROWS = 4 }; body } break; \
    case 3: { enum { ROWS = 3 }; body } break; \
    case 2: { enum { ROWS = 2 }; body } break; \
    default: { enum { ROWS = 1 }; body } break; \
  }
