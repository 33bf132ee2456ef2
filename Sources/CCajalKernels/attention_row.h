// One row of attention, for decoding, against caches of keys and values: a tile of keys in the
// lanes for the logits, the head's width in the lanes for the result. Both caches are read from
// start to end.

/// The initial maximum: lower than every relevant finite logit.
static const float no_maximum = -3e38f;

/// The logits of a tile of keys, in units of log2 e; masked ones are -infinity.
static void row_logits(
    const struct cajal_attention_row *a, const float *keys, uint64_t seen, float *logits) {
  enum { TILE_LINE = Q / LANES, VECTORS = TILE_LINE < FEW_VECTORS ? TILE_LINE : FEW_VECTORS };
  vf factor = splat(a->scale * log2_e);
  for (int from = 0; from < Q; from += VECTORS * LANES) {
    tile c;
    tile_clear(c, 1, VECTORS);
    tile_multiply(c, 1, VECTORS, a->query, 0, 1, keys + from, CAJAL_TILE, a->key_width);
    UNROLL for (int j = 0; j < VECTORS; j++) {
      vf x = seen_by(&seen, 0, from / LANES + j) ? c[0][j] * factor : splat(-INFINITY);
      store(logits + from + j * LANES, x);
    }
  }
}

/// Replaces logits by weights relative to `maximum` and returns their sum.
static float row_weights(float *logits, float maximum) {
  vf sum = splat(0);
  for (int k = 0; k < Q; k += LANES) {
    vf weight = exp2_flushing(load(logits + k) - maximum);
    store(logits + k, weight);
    sum += weight;
  }
  return sum_lanes(sum);
}

/// result += sum over k of weights[k] * values[k, :], for `vectors` vectors of the width.
/// Consecutive keys alternate between `phases` accumulators, to hide the latency of multiply-adds.
INLINE void add_row_values_part(
    int vectors, int phases, const float *values, long value_row, long key_count,
    const float *weights, float *result) {
  vf sums[FEW_VECTORS];
  UNROLL for (int i = 0; i < phases * vectors; i++) sums[i] = splat(0);
  UNROLL for (int j = 0; j < vectors; j++) sums[j] = load(result + j * LANES);
  long k = 0;
  for (; k + phases <= key_count; k += phases) {
    UNROLL for (int i = 0; i < phases; i++) {
      vf weight = splat(weights[k + i]);
      UNROLL for (int j = 0; j < vectors; j++) {
        sums[i * vectors + j] = multiply_add(
            weight, load(values + (k + i) * value_row + j * LANES), sums[i * vectors + j]);
      }
    }
  }
  for (; k < key_count; k++) {
    UNROLL for (int j = 0; j < vectors; j++) {
      sums[j] = multiply_add(splat(weights[k]), load(values + k * value_row + j * LANES), sums[j]);
    }
  }
  UNROLL for (int j = 0; j < vectors; j++) {
    UNROLL for (int i = 1; i < phases; i++) sums[j] += sums[i * vectors + j];
    store(result + j * LANES, sums[j]);
  }
}

/// result += sum over k of weights[k] * values[k, :]
static void add_row_values(
    const float *values, long width, long key_count, const float *weights, float *result) {
  long d = 0;
  for (; d + 4 * LANES <= width; d += 4 * LANES) {
    add_row_values_part(4, 2, values + d, width, key_count, weights, result + d);
  }
  for (; d + 2 * LANES <= width; d += 2 * LANES) {
    add_row_values_part(2, 4, values + d, width, key_count, weights, result + d);
  }
  for (; d < width; d += LANES) {
    long some = width - d;
    vf sum = load_some(result + d, some, 0);
    for (long k = 0; k < key_count; k++) {
      sum = multiply_add(splat(weights[k]), load_some(values + k * width + d, some, 0), sum);
    }
    store_some(result + d, sum, some);
  }
}

static void scale_row(float *x, long width, float factor) {
  for (long d = 0; d < width; d++) x[d] *= factor;
}

static void kernel_attention_row(const struct cajal_attention_row *a) {
  float weights[CAJAL_TILE] __attribute__((aligned(64)));
  float maximum = a->phantom_count > 0 ? 0 : no_maximum, total = a->phantom_count;
  memset(a->result, 0, sizeof(float) * a->value_width);
  for (long e = 0; e < a->entry_count; e++) {
    long key = (long)a->entries[e].key_tile * CAJAL_TILE, mask = a->entries[e].mask;
    long keys = a->key_count - key;
    uint64_t seen = keys < CAJAL_TILE ? (1ull << keys) - 1 : UINT64_MAX;
    if (mask >= 0) seen &= a->masks[mask * CAJAL_TILE + a->query_in_tile];
    if (seen == 0) continue;
    row_logits(a, a->keys + key * a->key_width, seen, weights);
    vf largest = load(weights);
    for (int k = LANES; k < Q; k += LANES) largest = larger(load(weights + k), largest);
    float raised = largest_lane(largest);
    if (raised > maximum + slack) {
      float factor = exp2f(maximum - raised);
      maximum = raised;
      total *= factor;
      scale_row(a->result, a->value_width, factor);
    }
    total += row_weights(weights, maximum);
    // Masked leading and trailing keys are skipped.
    long first = __builtin_ctzll(seen), end = CAJAL_TILE - __builtin_clzll(seen);
    add_row_values(
        a->values + (key + first) * a->value_width, a->value_width, end - first, weights + first,
        a->result);
  }
  scale_row(a->result, a->value_width, total > 0 ? 1 / total : total);
}
