// Attention, forward: an online softmax over the plan's key tiles.
//
//   Sᵀ[k, q] = K[k, :] · Qᵀ[:, q]       Qᵀ is scaled by scale * log2 e
//   Oᵀ[d, q] += V[k, d] · Pᵀ[k, q]
//
// Logits are in units of log2 e throughout, so that the exponential is 2^x.

/// The maximum of logits above the current reference before it moves: 2^16 is far from overflow,
/// and keeping the reference avoids rescaling the result.
static const float slack = 16;

/// The softmax's state of a panel of queries: weights are 2^(logit - reference), and their sums.
struct softmax_state {
  float minus_reference[PANEL], sum[PANEL];
} __attribute__((aligned(64)));

/// The operands of one task.
struct attention_piece {
  /// [PANELS, width, PANEL]
  float *queries, *result;
  /// [CAJAL_TILE, PANEL], and dropout's factors: [PANELS, CAJAL_TILE, PANEL].
  float *weights, *factors;
  /// The head's keys in groups and its values, those tiles of them that the piece sees.
  float *keys, *values;
};

static long kernel_attention_scratch(const struct cajal_attention *a) {
  return (Q + a->key_count) * (a->key_width + a->value_width) +
         (PANEL + (a->dropout ? Q : 0)) * CAJAL_TILE;
}

static struct attention_piece divide_forward_scratch(
    const struct cajal_attention *a, float *scratch) {
  struct attention_piece t;
  t.weights = scratch;
  t.queries = t.weights + PANEL * CAJAL_TILE;
  t.result = t.queries + Q * a->key_width;
  t.keys = t.result + Q * a->value_width;
  t.values = t.keys + a->key_count * a->key_width;
  t.factors = t.values + a->key_count * a->value_width;
  return t;
}

static long keys_in_tile(const struct cajal_attention *a, long key) {
  return a->key_count - key < CAJAL_TILE ? a->key_count - key : CAJAL_TILE;
}

/// Packs the keys and values from the first to the last tile that the task's queries attend to.
static void gather_keys(
    const struct cajal_attention *a, const struct attention_piece *t, long image, long head,
    long tile_from, long tile_to) {
  long key_row = a->heads * a->key_width, value_row = a->heads * a->value_width;
  long first = a->key_count, end = 0;
  for (long e = a->tile_starts[tile_from]; e < a->tile_starts[tile_to]; e++) {
    long key = (long)a->entries[e].key_tile * CAJAL_TILE;
    if (key < first) first = key;
    if (key >= end) end = key + 1;
  }
  for (long key = first; key < end; key += CAJAL_TILE) {
    long keys = keys_in_tile(a, key), at = image * a->key_count + key;
    pack_groups(
        a->keys + at * key_row + head * a->key_width, key_row, keys, a->key_width,
        t->keys + key * a->key_width);
    copy_rows(
        a->values + at * value_row + head * a->value_width, value_row, keys, a->value_width,
        t->values + key * a->value_width);
  }
}

static void start_softmax(
    const struct cajal_attention *a, long query, long rows, struct softmax_state state[PANELS]) {
  memset(state, 0, sizeof(struct softmax_state) * PANELS);
  if (!a->phantom_counts) return;
  for (long q = 0; q < rows; q++) state[q / PANEL].sum[q % PANEL] = a->phantom_counts[query + q];
}

/// Sets masked logits to -infinity and recomputes the maximum.
static void hide(
    const uint64_t *mask, int panel, long key_count, float *logits, float *largest) {
  for (int j = 0; j < TILE_VECTORS; j++) {
    vf most = splat(-INFINITY);
    for (long k = 0; k < key_count; k++) {
      float *p = logits + k * PANEL + j * LANES;
      vf x = seen_by(mask, k, panel * TILE_VECTORS + j) ? load(p) : splat(-INFINITY);
      most = larger(x, most);
      store(p, x);
    }
    store(largest + j * LANES, most);
  }
}

/// The shift of each query's reference: to the largest logit if that is too far above it, or too
/// far below it and the sum is still empty. A query's result does not depend on others of its
/// panel.
INLINE vf reference_shift(const struct softmax_state *state, const float *largest, int j) {
  vf most = load(largest + j * LANES);
  vi empty = load(state->sum + j * LANES) == splat(0);
  vi far_below = empty & (most < splat(-slack)) & (most >= splat(-FLT_MAX));
  return (far_below | (most > splat(slack))) ? most : splat(0);
}

/// Moves the reference where necessary and rescales the sums.
static void move_reference(
    struct softmax_state *state, const float *largest, float *logits, long key_count, float *result,
    long width) {
  vi moves = 0;
  for (int j = 0; j < TILE_VECTORS; j++) moves |= reference_shift(state, largest, j) != splat(0);
  if (!__builtin_reduce_or(moves)) return;
  for (int j = 0; j < TILE_VECTORS; j++) {
    vf shift = reference_shift(state, largest, j), sum = load(state->sum + j * LANES);
    // An empty sum may move further than a factor can express.
    vf factor = sum == splat(0) ? splat(1) : exp2_flushing(-shift);
    store(
        state->minus_reference + j * LANES, load(state->minus_reference + j * LANES) - shift);
    store(state->sum + j * LANES, sum * factor);
    for (long d = 0; d < width; d++) {
      float *p = result + d * PANEL + j * LANES;
      store(p, load(p) * factor);
    }
    for (long k = 0; k < key_count; k++) {
      float *p = logits + k * PANEL + j * LANES;
      store(p, load(p) - shift);
    }
  }
}

/// Replaces logits by weights and adds them to the sums.
static void weigh(struct softmax_state *state, float *logits, long key_count) {
  enum { SIDE = 2 };
  for (int j = 0; j < TILE_VECTORS; j += SIDE) {
    vf sum[SIDE];
    UNROLL for (int i = 0; i < SIDE; i++) sum[i] = load(state->sum + (j + i) * LANES);
    for (long k = 0; k < key_count; k++) {
      UNROLL for (int i = 0; i < SIDE; i++) {
        float *p = logits + k * PANEL + (j + i) * LANES;
        vf weight = exp2_flushing(load(p));
        sum[i] += weight;
        store(p, weight);
      }
    }
    UNROLL for (int i = 0; i < SIDE; i++) store(state->sum + (j + i) * LANES, sum[i]);
  }
}

static void multiply_with(float *x, const float *factors, long count) {
  for (long i = 0; i < count; i++) x[i] *= factors[i];
}

/// Divides by the sums, stores the rows of the result and the log-sum-exps.
static void finish_tile(
    const struct softmax_state state[PANELS], float *panels, long width, long rows, float *result,
    long result_row, float *log_sum_exp) {
  float logs[Q];
  for (int p = 0; p < PANELS; p++) {
    for (int j = 0; j < PANEL; j += LANES) {
      vf sum = load(state[p].sum + j);
      vi empty = sum == splat(0);
      vf factor = empty ? splat(0) : 1 / sum;
      for (long d = 0; d < width; d++) {
        float *at = panels + (p * width + d) * PANEL + j;
        store(at, load(at) * factor);
      }
      vf logarithm = log_full(sum) - load(state[p].minus_reference + j) * splat(ln_2);
      store(logs + p * PANEL + j, empty ? splat(-INFINITY) : logarithm);
    }
  }
  unpack_panels(panels, width, rows, 1, result, result_row);
  memcpy(log_sum_exp, logs, sizeof(float) * rows);
}

static void attention_of_query_tile(
    const struct cajal_attention *a, const struct attention_piece *t, long image, long head,
    long query_tile) {
  long key_row = a->heads * a->key_width, value_row = a->heads * a->value_width;
  long query = query_tile * Q, at = image * a->query_count + query;
  long rows = a->query_count - query < Q ? a->query_count - query : Q;
  struct softmax_state state[PANELS];
  float largest[PANEL] __attribute__((aligned(64)));

  pack_panels(
      a->queries + at * key_row + head * a->key_width, key_row, rows, a->key_width,
      a->scale * log2_e, t->queries);
  memset(t->result, 0, sizeof(float) * Q * a->value_width);
  start_softmax(a, query, rows, state);
  for (long e = a->tile_starts[query_tile]; e < a->tile_starts[query_tile + 1]; e++) {
    long key = (long)a->entries[e].key_tile * CAJAL_TILE, mask = a->entries[e].mask;
    long keys = keys_in_tile(a, key);
    if (a->dropout) keep_factors(a, image, head, query, key, keys, t->factors);
    for (int p = 0; p < PANELS; p++) {
      float *result = t->result + p * PANEL * a->value_width;
      panel_logits(
          t->keys + key * a->key_width, keys, t->queries + p * PANEL * a->key_width, a->key_width,
          state[p].minus_reference, t->weights, largest);
      if (mask >= 0) hide(a->masks + mask * CAJAL_TILE, p, keys, t->weights, largest);
      move_reference(&state[p], largest, t->weights, keys, result, a->value_width);
      weigh(&state[p], t->weights, keys);
      if (a->dropout) {
        multiply_with(t->weights, t->factors + p * PANEL * CAJAL_TILE, keys * PANEL);
      }
      add_weighted(t->values + key * a->value_width, keys, t->weights, a->value_width, result);
    }
  }
  finish_tile(
      state, t->result, a->value_width, rows,
      a->result + at * value_row + head * a->value_width, value_row,
      a->log_sum_exp + (image * a->heads + head) * a->query_count + query);
}

static void kernel_attention(
    const struct cajal_attention *a, long image, long head, long tile_from, long tile_to,
    float *scratch) {
  struct attention_piece t = divide_forward_scratch(a, scratch);
  gather_keys(a, &t, image, head, tile_from, tile_to);
  for (long tile = tile_from; tile < tile_to; tile++) {
    attention_of_query_tile(a, &t, image, head, tile);
  }
}
