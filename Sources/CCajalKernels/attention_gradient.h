// Attention, backward: the weights are recomputed from the log-sum-exps, tile by tile.
//
//   Pᵀ = 2^(K·Qᵀ - L)   dPᵀ = V·dOᵀ   dSᵀ = Pᵀ ∘ (dPᵀ - D)   with D[q] = dO[q, :] · O[q, :]
//   dQᵀ += Kᵀ·dSᵀ       dK += dSᵀ·Q   dV += Pᵀ·dO
//
// The last two have the head's width in the lanes, padded with zeros to whole panels.

enum { HEAD_PANEL = HEAD_VECTORS * LANES };

static long padded_width(long width) { return (width + HEAD_PANEL - 1) / HEAD_PANEL * HEAD_PANEL; }

/// One tile's packed operands and sums.
struct gradient_tile {
  /// [width, Q]: scaled queries, gradients of the result, and the sums of the queries' gradient.
  float *queries, *result_gradient, *queries_gradient;
  /// [Q, padded width]: scaled queries and gradients of the result.
  float *query_rows, *gradient_rows;
  /// [CAJAL_TILE, Q]: weights, gradients of the logits, dropout's factors.
  float *weights, *logit_gradients, *factors;
  /// [key_count, padded width]: the sums of the head's gradients of keys and values.
  float *keys_gradient, *values_gradient;
  /// [Q]
  float *log_sum_exp, *correction;
};

static long kernel_attention_gradient_scratch(const struct cajal_attention *a) {
  long padded = padded_width(a->key_width) + padded_width(a->value_width);
  return Q * (2 * a->key_width + a->value_width + padded + 2 + (a->dropout ? 3 : 2) * CAJAL_TILE) +
         a->key_count * padded;
}

static struct gradient_tile divide_scratch(const struct cajal_attention *a, float *scratch) {
  struct gradient_tile t;
  long key_padded = padded_width(a->key_width), value_padded = padded_width(a->value_width);
  t.queries = scratch;
  t.queries_gradient = t.queries + Q * a->key_width;
  t.result_gradient = t.queries_gradient + Q * a->key_width;
  t.query_rows = t.result_gradient + Q * a->value_width;
  t.gradient_rows = t.query_rows + Q * key_padded;
  t.log_sum_exp = t.gradient_rows + Q * value_padded;
  t.correction = t.log_sum_exp + Q;
  t.keys_gradient = t.correction + Q;
  t.values_gradient = t.keys_gradient + a->key_count * key_padded;
  t.weights = t.values_gradient + a->key_count * value_padded;
  t.logit_gradients = t.weights + Q * CAJAL_TILE;
  t.factors = t.logit_gradients + Q * CAJAL_TILE;
  return t;
}

/// Weights and gradients of the logits of ROWS keys and a panel of queries, from query `q` on.
INLINE void gradient_scores_tile(
    int rows, const struct cajal_attention *a, const struct gradient_tile *t, const float *keys,
    long key_row, const float *values, long value_row, const uint64_t *mask, long k, int q) {
  tile c;
  tile_clear(c, rows, TILE_VECTORS);
  tile_multiply(c, rows, TILE_VECTORS, keys, key_row, 1, t->queries + q, Q, a->key_width);
  UNROLL for (int j = 0; j < TILE_VECTORS; j++) {
    vf log_sum = load(t->log_sum_exp + q + j * LANES);
    UNROLL for (int i = 0; i < rows; i++) {
      vf weight = exp2_flushing(c[i][j] - log_sum);
      if (mask) weight = seen_by(mask, k + i, q / LANES + j) ? weight : splat(0);
      store(t->weights + (k + i) * Q + q + j * LANES, weight);
    }
  }
  tile_clear(c, rows, TILE_VECTORS);
  tile_multiply(
      c, rows, TILE_VECTORS, values, value_row, 1, t->result_gradient + q, Q, a->value_width);
  UNROLL for (int j = 0; j < TILE_VECTORS; j++) {
    vf correction = load(t->correction + q + j * LANES);
    UNROLL for (int i = 0; i < rows; i++) {
      long at = (k + i) * Q + q + j * LANES;
      vf gradient = a->dropout ? c[i][j] * load(t->factors + at) : c[i][j];
      store(t->logit_gradients + at, (gradient - correction) * load(t->weights + at));
    }
  }
}

static void gradient_scores(
    const struct cajal_attention *a, const struct gradient_tile *t, const float *keys, long key_row,
    const float *values, long value_row, const uint64_t *mask, long key_count) {
  for (long k = 0; k < key_count;) {
    int some = next_rows(key_count - k, TILE_ROWS);
    WITH_CONSTANT_ROWS(some, TILE_ROWS, {
      for (int q = 0; q < Q; q += TILE_VECTORS * LANES) {
        gradient_scores_tile(
            ROWS, a, t, keys + k * key_row, key_row, values + k * value_row, value_row, mask, k, q);
      }
    })
    k += some;
  }
}

/// sums[k, :] += sum over q of weights[k, q] * rows[q, :], both rows `padded` wide.
static void add_to_keys(
    const float *weights, long key_count, const float *rows, long padded, float *sums) {
  for (long d = 0; d < padded; d += HEAD_PANEL) {
    for (long k = 0; k < key_count;) {
      int some = next_rows(key_count - k, HEAD_ROWS);
      WITH_CONSTANT_ROWS(some, HEAD_ROWS, {
        tile c;
        float *p = sums + k * padded + d;
        tile_load(c, ROWS, HEAD_VECTORS, p, padded);
        tile_multiply(c, ROWS, HEAD_VECTORS, weights + k * Q, Q, 1, rows + d, padded, Q);
        tile_store(c, ROWS, HEAD_VECTORS, p, padded);
      })
      k += some;
    }
  }
}

/// Packs up to a tile of rows, each padded with zeros.
static void pack_rows(
    const float *x, long x_row, long rows, long width, float scale, float *packed, long padded) {
  if (rows < Q || width < padded) memset(packed, 0, sizeof(float) * Q * padded);
  for (long q = 0; q < rows; q++) {
    for (long d = 0; d < width; d++) packed[q * padded + d] = scale * x[q * x_row + d];
  }
}

/// D[q] = dO[q, :] · O[q, :] and L[q] in units of log2 e, such that queries that see nothing and those
/// that do not exist get weights of 0.
static void prepare_rows(
    const struct gradient_tile *t, const float *result, const float *gradient, long row, long width,
    const float *log_sum_exp, long rows) {
  for (long q = 0; q < Q; q++) {
    t->log_sum_exp[q] = 3e38f;
    t->correction[q] = 0;
    if (q >= rows || log_sum_exp[q] == -INFINITY) continue;
    t->log_sum_exp[q] = log_sum_exp[q] * log2_e;
    vf sum = splat(0);
    for (long d = 0; d < width; d += LANES) {
      sum = multiply_add(
          load_some(result + q * row + d, width - d, 0), load_some(gradient + q * row + d, width - d, 0),
          sum);
    }
    t->correction[q] = sum_lanes(sum);
  }
}

static void gradient_of_query_tile(
    const struct cajal_attention *a, const struct gradient_tile *t, long image, long head,
    long query_tile) {
  long key_row = a->heads * a->key_width, value_row = a->heads * a->value_width;
  long key_padded = padded_width(a->key_width), value_padded = padded_width(a->value_width);
  long query = query_tile * Q;
  long rows = a->query_count - query < Q ? a->query_count - query : Q;
  long query_at = (image * a->query_count + query) * key_row + head * a->key_width;
  long result_at = (image * a->query_count + query) * value_row + head * a->value_width;

  const float *queries = a->queries + query_at, *gradient = a->result_gradient + result_at;
  pack_columns(queries, key_row, rows, a->key_width, a->scale * log2_e, t->queries);
  pack_columns(gradient, value_row, rows, a->value_width, 1, t->result_gradient);
  pack_rows(queries, key_row, rows, a->key_width, a->scale, t->query_rows, key_padded);
  pack_rows(gradient, value_row, rows, a->value_width, 1, t->gradient_rows, value_padded);
  prepare_rows(
      t, a->result + result_at, gradient, value_row, a->value_width,
      a->log_sum_exp + (image * a->heads + head) * a->query_count + query, rows);
  memset(t->queries_gradient, 0, sizeof(float) * Q * a->key_width);

  for (long e = a->tile_starts[query_tile]; e < a->tile_starts[query_tile + 1]; e++) {
    long key = (long)a->entries[e].key_tile * CAJAL_TILE, mask = a->entries[e].mask;
    long keys = a->key_count - key < CAJAL_TILE ? a->key_count - key : CAJAL_TILE;
    const float *k = a->keys + (image * a->key_count + key) * key_row + head * a->key_width;
    const float *v = a->values + (image * a->key_count + key) * value_row + head * a->value_width;
    if (a->dropout) keep_factors(a, image, head, query, key, keys, t->factors);
    gradient_scores(
        a, t, k, key_row, v, value_row, mask < 0 ? NULL : a->masks + mask * CAJAL_TILE, keys);
    if (a->dropout) {
      for (long i = 0; i < keys * Q; i++) t->weights[i] *= t->factors[i];
    }
    add_to_keys(
        t->weights, keys, t->gradient_rows, value_padded, t->values_gradient + key * value_padded);
    add_to_keys(
        t->logit_gradients, keys, t->query_rows, key_padded, t->keys_gradient + key * key_padded);
    add_weighted(k, key_row, keys, t->logit_gradients, a->key_width, t->queries_gradient);
  }
  transpose(
      t->queries_gradient, Q, a->key_width, rows, a->scale, a->queries_gradient + query_at, key_row);
}

static void kernel_attention_gradient(
    const struct cajal_attention *a, long image, long head, float *scratch) {
  long key_row = a->heads * a->key_width, value_row = a->heads * a->value_width;
  long key_padded = padded_width(a->key_width), value_padded = padded_width(a->value_width);
  struct gradient_tile t = divide_scratch(a, scratch);
  memset(t.keys_gradient, 0, sizeof(float) * a->key_count * (key_padded + value_padded));
  for (long tile = 0; tile * Q < a->query_count; tile++) {
    gradient_of_query_tile(a, &t, image, head, tile);
  }
  float *keys = a->keys_gradient + image * a->key_count * key_row + head * a->key_width;
  float *values = a->values_gradient + image * a->key_count * value_row + head * a->value_width;
  for (long k = 0; k < a->key_count; k++) {
    memcpy(keys + k * key_row, t.keys_gradient + k * key_padded, sizeof(float) * a->key_width);
    memcpy(
        values + k * value_row, t.values_gradient + k * value_padded,
        sizeof(float) * a->value_width);
  }
}
