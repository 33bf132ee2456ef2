// Attention on a panel of queries and a tile of keys. A panel has TILE_VECTORS vectors with one
// query per lane, so that its logits, weights and sums stay in the L1 cache.
//
// Queries and their data are stored panel by panel: [PANELS, width, PANEL]. A head's keys and
// values are packed once for many queries: their rows are far apart in memory, often at strides
// that map to the same few cache sets.

enum { Q = CAJAL_TILE, PANELS = Q / PANEL };

static const float log2_e = 1.44269504088896f, ln_2 = 0.693147180559945f;

/// The lanes of vector `j` of a tile of queries that attend to key `k`, from a transposed mask.
INLINE vi seen_by(const uint64_t *mask, long k, int j) {
  vu lane_bits;
  UNROLL for (int i = 0; i < LANES; i++) lane_bits[i] = 1u << i;
  uint32_t bits = (uint32_t)(mask[k] >> (j * LANES));
  return ((vu)bits & lane_bits) != 0;
}

/// The factors that dropout puts on the weights of up to a tile of keys: [PANELS, CAJAL_TILE,
/// PANEL]; see random.h.
static void keep_factors(
    const struct cajal_attention *a, long image, long head, long query, long key, long keys,
    float *factors);

/// The rows of a tile of `rows` queries that are in panel `p`.
INLINE long panel_rows(long rows, int p) {
  long some = rows - p * PANEL;
  return some < 0 ? 0 : some > PANEL ? PANEL : some;
}

/// Packs up to a tile of rows as panels, zero beyond the last.
static void pack_panels(
    const float *x, long x_row, long rows, long width, float scale, float *panels) {
  if (rows < Q) memset(panels, 0, sizeof(float) * width * Q);
  for (int p = 0; p < PANELS; p++) {
    transpose(
        x + p * PANEL * x_row, x_row, panel_rows(rows, p), width, scale, panels + p * PANEL * width,
        PANEL);
  }
}

/// Stores the rows that panels are made of.
static void unpack_panels(
    const float *panels, long width, long rows, float scale, float *x, long x_row) {
  for (int p = 0; p < PANELS; p++) {
    transpose(
        panels + p * PANEL * width, PANEL, width, panel_rows(rows, p), scale, x + p * PANEL * x_row,
        x_row);
  }
}

/// Packs up to a tile of rows in the groups that make a register tile: [group, width, rows of the
/// group].
static void pack_groups(const float *x, long x_row, long rows, long width, float *groups) {
  for (long row = 0; row < rows;) {
    int some = next_rows(rows - row, TILE_ROWS);
    transpose(x + row * x_row, x_row, some, width, 1, groups + row * width, some);
    row += some;
  }
}

static void copy_rows(const float *x, long x_row, long rows, long width, float *copy) {
  for (long row = 0; row < rows; row++) {
    memcpy(copy + row * width, x + row * x_row, sizeof(float) * width);
  }
}

INLINE void start_from(tile c, int rows, const float *start) {
  UNROLL for (int j = 0; j < TILE_VECTORS; j++) {
    vf x = load(start + j * LANES);
    UNROLL for (int i = 0; i < rows; i++) c[i][j] = x;
  }
}

/// logits[k, q] = start[q] + sum over d of keys[k, d] * queries[d, q], with the keys in groups; and
/// the largest of each query, unless that is null.
INLINE void panel_logits(
    const float *keys, long key_count, const float *queries, long width, const float *start,
    float *logits, float *largest) {
  vf most[TILE_VECTORS];
  UNROLL for (int j = 0; j < TILE_VECTORS; j++) most[j] = splat(-INFINITY);
  for (long k = 0; k < key_count;) {
    int some = next_rows(key_count - k, TILE_ROWS);
    WITH_CONSTANT_ROWS(some, TILE_ROWS, {
      tile c;
      start_from(c, ROWS, start);
      tile_multiply(c, ROWS, TILE_VECTORS, keys + k * width, 1, ROWS, queries, PANEL, width);
      tile_store(c, ROWS, TILE_VECTORS, logits + k * PANEL, PANEL);
      if (largest) {
        UNROLL for (int i = 0; i < ROWS; i++) {
          UNROLL for (int j = 0; j < TILE_VECTORS; j++) most[j] = larger(c[i][j], most[j]);
        }
      }
    })
    k += some;
  }
  if (largest) {
    UNROLL for (int j = 0; j < TILE_VECTORS; j++) store(largest + j * LANES, most[j]);
  }
}

/// sums[d, q] += sum over k of x[k, d] * weights[k, q]
static void add_weighted(
    const float *x, long key_count, const float *weights, long width, float *sums) {
  for (long d = 0; d < width;) {
    int some = next_rows(width - d, TILE_ROWS);
    WITH_CONSTANT_ROWS(some, TILE_ROWS, {
      tile c;
      tile_load(c, ROWS, TILE_VECTORS, sums + d * PANEL, PANEL);
      tile_multiply(c, ROWS, TILE_VECTORS, x + d, 1, width, weights, PANEL, key_count);
      tile_store(c, ROWS, TILE_VECTORS, sums + d * PANEL, PANEL);
    })
    d += some;
  }
}
