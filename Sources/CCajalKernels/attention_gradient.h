// Attention, backward: the weights are recomputed from the log-sum-exps, tile by tile.
//
//   Pᵀ = 2^(K·Qᵀ - L)   dPᵀ = V·dOᵀ   dSᵀ = Pᵀ ∘ (dPᵀ - D)   with D[q] = dO[q, :] · O[q, :]
//   dQᵀ += Kᵀ·dSᵀ       dK += dSᵀ·Q   dV += Pᵀ·dO
//
// The last two have the head's width in the lanes, padded with zeros to whole panels.

enum { HEAD_PANEL = HEAD_VECTORS * LANES };

static long padded_width(long width) { return (width + HEAD_PANEL - 1) / HEAD_PANEL * HEAD_PANEL; }

/// One head's packed operands and sums.
struct gradient_head {
  /// [PANELS, width, PANEL]: scaled queries, gradients of the result, and the sums of the queries'
  /// gradient.
  float *queries, *result_gradient, *queries_gradient;
  /// [Q, padded width]: scaled queries and gradients of the result.
  float *query_rows, *gradient_rows;
  /// [PANELS, CAJAL_TILE, PANEL]: weights, gradients of the logits, dropout's factors.
  float *weights, *logit_gradients, *factors;
  /// The head's keys and values in groups, and the keys as rows.
  float *key_groups, *value_groups, *key_rows;
  /// [key_count, padded width]: the sums of the head's gradients of keys and values.
  float *keys_gradient, *values_gradient;
  /// [Q]
  float *minus_log_sum_exp, *minus_correction;
};

static long kernel_attention_gradient_scratch(const struct cajal_attention *a) {
  long padded = padded_width(a->key_width) + padded_width(a->value_width);
  return Q * (2 * a->key_width + a->value_width + padded + 2 + (a->dropout ? 3 : 2) * CAJAL_TILE) +
         a->key_count * (2 * a->key_width + a->value_width + padded);
}

static struct gradient_head divide_scratch(const struct cajal_attention *a, float *scratch) {
  struct gradient_head t;
  long key_padded = padded_width(a->key_width), value_padded = padded_width(a->value_width);
  t.weights = scratch;
  t.logit_gradients = t.weights + Q * CAJAL_TILE;
  t.minus_log_sum_exp = t.logit_gradients + Q * CAJAL_TILE;
  t.minus_correction = t.minus_log_sum_exp + Q;
  t.queries = t.minus_correction + Q;
  t.queries_gradient = t.queries + Q * a->key_width;
  t.result_gradient = t.queries_gradient + Q * a->key_width;
  t.query_rows = t.result_gradient + Q * a->value_width;
  t.gradient_rows = t.query_rows + Q * key_padded;
  t.keys_gradient = t.gradient_rows + Q * value_padded;
  t.values_gradient = t.keys_gradient + a->key_count * key_padded;
  t.key_groups = t.values_gradient + a->key_count * value_padded;
  t.key_rows = t.key_groups + a->key_count * a->key_width;
  t.value_groups = t.key_rows + a->key_count * a->key_width;
  t.factors = t.value_groups + a->key_count * a->value_width;
  return t;
}

/// Replaces logits by weights; those of masked pairs are 0.
static void panel_weights(const uint64_t *mask, int panel, long key_count, float *logits) {
  for (long i = 0; i < key_count * PANEL; i += LANES) {
    store(logits + i, exp2_flushing(load(logits + i)));
  }
  for (long k = 0; mask && k < key_count; k++) {
    for (int j = 0; j < TILE_VECTORS; j++) {
      float *p = logits + k * PANEL + j * LANES;
      store(p, seen_by(mask, k, panel * TILE_VECTORS + j) ? load(p) : splat(0));
    }
  }
}

/// gradients[k, q] = weights[k, q] * (factors[k, q] * sum - correction[q]), where sum is the sum
/// over d of values[k, d] * result_gradient[d, q], with the values in groups; factors are 1 where
/// they are null.
INLINE void panel_gradients(
    const float *values, long key_count, const float *result_gradient, long width,
    const float *minus_correction, const float *factors, const float *weights, float *gradients) {
  for (long k = 0; k < key_count;) {
    int some = next_rows(key_count - k, TILE_ROWS);
    WITH_CONSTANT_ROWS(some, TILE_ROWS, {
      tile c;
      if (factors) {
        tile_clear(c, ROWS, TILE_VECTORS);
      } else {
        start_from(c, ROWS, minus_correction);
      }
      tile_multiply(
          c, ROWS, TILE_VECTORS, values + k * width, 1, ROWS, result_gradient, PANEL, width);
      UNROLL for (int i = 0; i < ROWS; i++) {
        UNROLL for (int j = 0; j < TILE_VECTORS; j++) {
          long at = (k + i) * PANEL + j * LANES;
          vf x = c[i][j];
          if (factors) x = multiply_add(x, load(factors + at), load(minus_correction + j * LANES));
          store(gradients + at, x * load(weights + at));
        }
      }
    })
    k += some;
  }
}

/// Weights and gradients of the logits of a panel of queries and a tile of keys.
static void gradient_panel(
    const struct cajal_attention *a, const struct gradient_head *t, long key, long keys,
    const uint64_t *mask, int p) {
  long at = p * PANEL * CAJAL_TILE, key_width = a->key_width, value_width = a->value_width;
  float *weights = t->weights + at, *gradients = t->logit_gradients + at;
  const float *values = t->value_groups + key * value_width;
  const float *result_gradient = t->result_gradient + p * PANEL * value_width;
  const float *minus_correction = t->minus_correction + p * PANEL;
  panel_logits(
      t->key_groups + key * key_width, keys, t->queries + p * PANEL * key_width, key_width,
      t->minus_log_sum_exp + p * PANEL, weights, NULL);
  panel_weights(mask, p, keys, weights);
  // Two calls, so that the loops are compiled with and without factors.
  if (a->dropout) {
    panel_gradients(
        values, keys, result_gradient, value_width, minus_correction, t->factors + at, weights,
        gradients);
  } else {
    panel_gradients(
        values, keys, result_gradient, value_width, minus_correction, NULL, weights, gradients);
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
        tile_load(c, ROWS, HEAD_VECTORS, sums + k * padded + d, padded);
        for (int p = 0; p < PANELS; p++) {
          tile_multiply(
              c, ROWS, HEAD_VECTORS, weights + (p * CAJAL_TILE + k) * PANEL, PANEL, 1,
              rows + p * PANEL * padded + d, padded, PANEL);
        }
        tile_store(c, ROWS, HEAD_VECTORS, sums + k * padded + d, padded);
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

/// D[q] = dO[q, :] · O[q, :] and L[q] in units of log2 e, such that queries without keys and
/// padding queries get weights of 0.
static void prepare_rows(
    const struct gradient_head *t, const float *result, const float *gradient, long row, long width,
    const float *log_sum_exp, long rows) {
  for (long q = 0; q < Q; q++) {
    t->minus_log_sum_exp[q] = -3e38f;
    t->minus_correction[q] = 0;
    if (q >= rows || log_sum_exp[q] == -INFINITY) continue;
    t->minus_log_sum_exp[q] = -log_sum_exp[q] * log2_e;
    vf sum = splat(0);
    for (long d = 0; d < width; d += LANES) {
      sum = multiply_add(
          load_some(result + q * row + d, width - d, 0),
          load_some(gradient + q * row + d, width - d, 0), sum);
    }
    t->minus_correction[q] = -sum_lanes(sum);
  }
}

static void gradient_of_query_tile(
    const struct cajal_attention *a, const struct gradient_head *t, long image, long head,
    long query_tile) {
  long key_row = a->heads * a->key_width, value_row = a->heads * a->value_width;
  long key_padded = padded_width(a->key_width), value_padded = padded_width(a->value_width);
  long query = query_tile * Q;
  long rows = a->query_count - query < Q ? a->query_count - query : Q;
  long query_at = (image * a->query_count + query) * key_row + head * a->key_width;
  long result_at = (image * a->query_count + query) * value_row + head * a->value_width;

  const float *queries = a->queries + query_at, *gradient = a->result_gradient + result_at;
  pack_panels(queries, key_row, rows, a->key_width, a->scale * log2_e, t->queries);
  pack_panels(gradient, value_row, rows, a->value_width, 1, t->result_gradient);
  pack_rows(queries, key_row, rows, a->key_width, a->scale, t->query_rows, key_padded);
  pack_rows(gradient, value_row, rows, a->value_width, 1, t->gradient_rows, value_padded);
  prepare_rows(
      t, a->result + result_at, gradient, value_row, a->value_width,
      a->log_sum_exp + (image * a->heads + head) * a->query_count + query, rows);
  memset(t->queries_gradient, 0, sizeof(float) * Q * a->key_width);

  for (long e = a->tile_starts[query_tile]; e < a->tile_starts[query_tile + 1]; e++) {
    long key = (long)a->entries[e].key_tile * CAJAL_TILE, mask = a->entries[e].mask;
    long keys = keys_in_tile(a, key);
    if (a->dropout) keep_factors(a, image, head, query, key, keys, t->factors);
    for (int p = 0; p < PANELS; p++) {
      gradient_panel(a, t, key, keys, mask < 0 ? NULL : a->masks + mask * CAJAL_TILE, p);
      add_weighted(
          t->key_rows + key * a->key_width, keys, t->logit_gradients + p * PANEL * CAJAL_TILE,
          a->key_width, t->queries_gradient + p * PANEL * a->key_width);
    }
    if (a->dropout) multiply_with(t->weights, t->factors, Q * CAJAL_TILE);
    add_to_keys(
        t->weights, keys, t->gradient_rows, value_padded, t->values_gradient + key * value_padded);
    add_to_keys(
        t->logit_gradients, keys, t->query_rows, key_padded, t->keys_gradient + key * key_padded);
  }
  unpack_panels(
      t->queries_gradient, a->key_width, rows, a->scale, a->queries_gradient + query_at, key_row);
}

static void kernel_attention_gradient(
    const struct cajal_attention *a, long image, long head, float *scratch) {
  long key_row = a->heads * a->key_width, value_row = a->heads * a->value_width;
  long key_padded = padded_width(a->key_width), value_padded = padded_width(a->value_width);
  long key_at = image * a->key_count * key_row + head * a->key_width;
  long value_at = image * a->key_count * value_row + head * a->value_width;
  struct gradient_head t = divide_scratch(a, scratch);
  memset(t.keys_gradient, 0, sizeof(float) * a->key_count * (key_padded + value_padded));
  for (long key = 0; key < a->key_count; key += CAJAL_TILE) {
    long keys = keys_in_tile(a, key), width = a->key_width;
    const float *k = a->keys + key_at + key * key_row;
    pack_groups(k, key_row, keys, width, t.key_groups + key * width);
    copy_rows(k, key_row, keys, width, t.key_rows + key * width);
    pack_groups(
        a->values + value_at + key * value_row, value_row, keys, a->value_width,
        t.value_groups + key * a->value_width);
  }
  for (long tile = 0; tile * Q < a->query_count; tile++) {
    gradient_of_query_tile(a, &t, image, head, tile);
  }
  for (long k = 0; k < a->key_count; k++) {
    memcpy(
        a->keys_gradient + key_at + k * key_row, t.keys_gradient + k * key_padded,
        sizeof(float) * a->key_width);
    memcpy(
        a->values_gradient + value_at + k * value_row, t.values_gradient + k * value_padded,
        sizeof(float) * a->value_width);
  }
}
