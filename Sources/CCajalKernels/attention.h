// Attention, forward: a tile of queries in the lanes, an online softmax over the plan's key tiles.
//
//   Sᵀ[k, q] = K[k, :] · Qᵀ[:, q]       K is read in place, Qᵀ is packed and scaled by scale * log2 e
//   Oᵀ[d, q] += V[k, d] · Pᵀ[k, q]      V is read in place
//
// Logits are in units of log2 e throughout, so that the exponential is 2^x.

enum { Q = CAJAL_TILE, Q_VECTORS = Q / LANES };

/// Lower than every finite logit that matters: the maximum of no logit.
static const float no_maximum = -3e38f;
/// How far logits may rise above the maximum in use before it is raised: 2^16 is far from overflow, and
/// keeping it saves rescaling the result.
static const float slack = 16;

static const float log2_e = 1.44269504088896f, ln_2 = 0.693147180559945f;

/// The softmax's state of a tile of queries: a maximum and the sum of the weights above it.
struct softmax_state {
  vf maximum[Q_VECTORS], sum[Q_VECTORS];
};

/// The lanes of vector `j` that see key `k`, from a transposed mask.
INLINE vi seen_by(const uint64_t *mask, long k, int j) {
  vu lane_bits;
  UNROLL for (int i = 0; i < LANES; i++) lane_bits[i] = 1u << i;
  uint32_t bits = (uint32_t)(mask[k] >> (j * LANES));
  return ((vu)bits & lane_bits) != 0;
}

/// The philox words that decide on the weights of key `k`, for a tile of queries; see random.h.
static void keep_factors(
    const struct cajal_attention *a, long image, long head, long query, long key, long keys,
    float *factors);

/// One tile of logits, of ROWS keys and a panel of queries.
INLINE void score_tile(
    int rows, const float *keys, long key_row, const float *queries, long width, float *scores,
    float *largest) {
  tile c;
  tile_clear(c, rows, TILE_VECTORS);
  tile_multiply(c, rows, TILE_VECTORS, keys, key_row, 1, queries, Q, width);
  tile_store(c, rows, TILE_VECTORS, scores, Q);
  UNROLL for (int j = 0; j < TILE_VECTORS; j++) {
    vf m = load(largest + j * LANES);
    UNROLL for (int i = 0; i < rows; i++) m = larger(c[i][j], m);
    store(largest + j * LANES, m);
  }
}

/// Logits of up to a tile of keys, and the largest of each query.
static void score(
    const float *keys, long key_row, long key_count, const float *queries, long width,
    float *scores, float *largest) {
  for (int q = 0; q < Q; q += LANES) store(largest + q, splat(-INFINITY));
  for (long k = 0; k < key_count;) {
    int some = next_rows(key_count - k, TILE_ROWS);
    WITH_CONSTANT_ROWS(some, TILE_ROWS, {
      for (int q = 0; q < Q; q += TILE_VECTORS * LANES) {
        score_tile(
            ROWS, keys + k * key_row, key_row, queries + q, width, scores + k * Q + q, largest + q);
      }
    })
    k += some;
  }
}

/// Sets the logits of pairs that the mask hides to -infinity and finds the largest anew.
static void hide(const uint64_t *mask, long key_count, float *scores, float *largest) {
  for (int j = 0; j < Q_VECTORS; j++) {
    vf m = splat(-INFINITY);
    for (long k = 0; k < key_count; k++) {
      float *p = scores + k * Q + j * LANES;
      vf s = seen_by(mask, k, j) ? load(p) : splat(-INFINITY);
      m = larger(s, m);
      store(p, s);
    }
    store(largest + j * LANES, m);
  }
}

/// Raises the maxima where logits have risen too far above them, and scales what was summed so far.
static void raise_maximum(
    struct softmax_state *state, const float *largest, float *result, long width) {
  vi rises = 0;
  for (int j = 0; j < Q_VECTORS; j++) {
    rises |= load(largest + j * LANES) > state->maximum[j] + slack;
  }
  if (!__builtin_reduce_or(rises)) return;
  for (int j = 0; j < Q_VECTORS; j++) {
    vf raised = larger(load(largest + j * LANES), state->maximum[j]);
    vf factor = exp2_flushing(state->maximum[j] - raised);
    state->maximum[j] = raised;
    state->sum[j] *= factor;
    for (long d = 0; d < width; d++) {
      float *p = result + d * Q + j * LANES;
      store(p, load(p) * factor);
    }
  }
}

/// Replaces logits by weights and adds them to the sums.
static void weigh(struct softmax_state *state, float *scores, long key_count) {
  enum { SIDE = 2 };
  for (int j = 0; j < Q_VECTORS; j += SIDE) {
    vf maximum[SIDE], sum[SIDE];
    UNROLL for (int i = 0; i < SIDE; i++) {
      maximum[i] = state->maximum[j + i];
      sum[i] = state->sum[j + i];
    }
    for (long k = 0; k < key_count; k++) {
      UNROLL for (int i = 0; i < SIDE; i++) {
        float *p = scores + k * Q + (j + i) * LANES;
        vf weight = exp2_flushing(load(p) - maximum[i]);
        sum[i] += weight;
        store(p, weight);
      }
    }
    UNROLL for (int i = 0; i < SIDE; i++) state->sum[j + i] = sum[i];
  }
}

/// result[d, q] += sum over k of x[k, d] * weights[k, q]
static void add_weighted(
    const float *x, long x_row, long key_count, const float *weights, long width, float *result) {
  for (int q = 0; q < Q; q += TILE_VECTORS * LANES) {
    for (long d = 0; d < width;) {
      int some = next_rows(width - d, TILE_ROWS);
      WITH_CONSTANT_ROWS(some, TILE_ROWS, {
        tile c;
        float *p = result + d * Q + q;
        tile_load(c, ROWS, TILE_VECTORS, p, Q);
        tile_multiply(c, ROWS, TILE_VECTORS, x + d, 1, x_row, weights + q, Q, key_count);
        tile_store(c, ROWS, TILE_VECTORS, p, Q);
      })
      d += some;
    }
  }
}

/// Packs up to a tile of rows as columns, zero beyond the last.
static void pack_columns(
    const float *x, long x_row, long rows, long width, float scale, float *columns) {
  if (rows < Q) memset(columns, 0, sizeof(float) * width * Q);
  transpose(x, x_row, rows, width, scale, columns, Q);
}

/// Divides by the sums, stores the rows of the result and the log-sum-exps.
static void finish_tile(
    const struct softmax_state *state, float *columns, long width, long rows, float *result,
    long result_row, float *log_sum_exp) {
  float logs[Q];
  for (int j = 0; j < Q_VECTORS; j++) {
    vf sum = state->sum[j];
    vi empty = sum == splat(0);
    vf factor = empty ? splat(0) : 1 / sum;
    for (long d = 0; d < width; d++) {
      float *p = columns + d * Q + j * LANES;
      store(p, load(p) * factor);
    }
    vf logarithm = multiply_add(state->maximum[j], splat(ln_2), log_full(sum));
    store(logs + j * LANES, empty ? splat(-INFINITY) : logarithm);
  }
  transpose(columns, Q, width, rows, 1, result, result_row);
  memcpy(log_sum_exp, logs, sizeof(float) * rows);
}

static long kernel_attention_scratch(const struct cajal_attention *a) {
  return Q * (a->key_width + a->value_width + (a->dropout ? 2 : 1) * CAJAL_TILE);
}

static void start_softmax(
    const struct cajal_attention *a, long query, long rows, struct softmax_state *state) {
  for (int j = 0; j < Q_VECTORS; j++) {
    state->maximum[j] = splat(no_maximum);
    state->sum[j] = splat(0);
    if (a->phantom_counts) {
      vf counts = load_some(
          a->phantom_counts + query + j * LANES, rows > j * LANES ? rows - j * LANES : 0, 0);
      state->maximum[j] = counts > splat(0) ? splat(0) : state->maximum[j];
      state->sum[j] = counts;
    }
  }
}

static void attention_tile(
    const struct cajal_attention *a, long image, long head, long query_tile, float *scratch) {
  long key_row = a->heads * a->key_width, value_row = a->heads * a->value_width;
  long query = query_tile * Q;
  long rows = a->query_count - query < Q ? a->query_count - query : Q;
  float *queries = scratch, *result = queries + Q * a->key_width;
  float *scores = result + Q * a->value_width, *factors = scores + Q * CAJAL_TILE;
  float largest[Q] __attribute__((aligned(64)));
  struct softmax_state state;

  long query_offset = (image * a->query_count + query);
  pack_columns(
      a->queries + query_offset * key_row + head * a->key_width, key_row, rows, a->key_width,
      a->scale * log2_e, queries);
  memset(result, 0, sizeof(float) * Q * a->value_width);
  start_softmax(a, query, rows, &state);
  for (long e = a->tile_starts[query_tile]; e < a->tile_starts[query_tile + 1]; e++) {
    long key = (long)a->entries[e].key_tile * CAJAL_TILE, mask = a->entries[e].mask;
    long keys = a->key_count - key < CAJAL_TILE ? a->key_count - key : CAJAL_TILE;
    long key_offset = image * a->key_count + key;
    score(
        a->keys + key_offset * key_row + head * a->key_width, key_row, keys, queries, a->key_width,
        scores, largest);
    if (mask >= 0) hide(a->masks + mask * CAJAL_TILE, keys, scores, largest);
    raise_maximum(&state, largest, result, a->value_width);
    weigh(&state, scores, keys);
    if (a->dropout) {
      keep_factors(a, image, head, query, key, keys, factors);
      for (long i = 0; i < keys * Q; i++) scores[i] *= factors[i];
    }
    add_weighted(
        a->values + key_offset * value_row + head * a->value_width, value_row, keys, scores,
        a->value_width, result);
  }
  finish_tile(
      &state, result, a->value_width, rows,
      a->result + query_offset * value_row + head * a->value_width, value_row,
      a->log_sum_exp + (image * a->heads + head) * a->query_count + query);
}

static void kernel_attention(
    const struct cajal_attention *a, long image, long head, long tile_from, long tile_to,
    float *scratch) {
  for (long tile = tile_from; tile < tile_to; tile++) attention_tile(a, image, head, tile, scratch);
}
