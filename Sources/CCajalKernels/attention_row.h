// One row of attention, for decoding: the head's width in the lanes.

/// The logits of up to a tile of keys, in units of log2 e.
static void row_scores(
    const struct cajal_attention_row *a, const float *keys, long key_count, float *scores) {
  for (long k = 0; k < key_count; k++) {
    vf sum = splat(0), other = splat(0);
    const float *key = keys + k * a->key_stride;
    long d = 0;
    for (; d + 2 * LANES <= a->key_width; d += 2 * LANES) {
      sum = multiply_add(load(a->query + d), load(key + d), sum);
      other = multiply_add(load(a->query + d + LANES), load(key + d + LANES), other);
    }
    for (; d < a->key_width; d += LANES) {
      sum = multiply_add(
          load_some(a->query + d, a->key_width - d, 0), load_some(key + d, a->key_width - d, 0), sum);
    }
    scores[k] = sum_lanes(sum + other) * (a->scale * log2_e);
  }
}

/// result += sum over k of weights[k] * values[k, :]
static void add_row_values(
    const struct cajal_attention_row *a, const float *values, long key_count, const float *weights) {
  long d = 0;
  for (; d + 4 * LANES <= a->value_width; d += 4 * LANES) {
    tile c;
    tile_load(c, 1, 4, a->result + d, 0);
    tile_multiply(c, 1, 4, weights, 0, 1, values + d, a->value_stride, key_count);
    tile_store(c, 1, 4, a->result + d, 0);
  }
  for (; d < a->value_width; d += LANES) {
    long some = a->value_width - d;
    vf sum = load_some(a->result + d, some, 0);
    for (long k = 0; k < key_count; k++) {
      sum = multiply_add(
          splat(weights[k]), load_some(values + k * a->value_stride + d, some, 0), sum);
    }
    store_some(a->result + d, sum, some);
  }
}

static void scale_row(float *x, long width, float factor) {
  for (long d = 0; d < width; d++) x[d] *= factor;
}

static void kernel_attention_row(const struct cajal_attention_row *a) {
  float scores[CAJAL_TILE] __attribute__((aligned(64)));
  float maximum = a->phantom_count > 0 ? 0 : no_maximum, total = a->phantom_count;
  memset(a->result, 0, sizeof(float) * a->value_width);
  for (long e = 0; e < a->entry_count; e++) {
    long key = (long)a->entries[e].key_tile * CAJAL_TILE, mask = a->entries[e].mask;
    long keys = a->key_count - key < CAJAL_TILE ? a->key_count - key : CAJAL_TILE;
    uint64_t seen = mask < 0 ? UINT64_MAX : a->masks[mask * CAJAL_TILE + a->query_in_tile];
    if (seen == 0) continue;
    // Leading keys that nobody sees and trailing ones (those of the future) cost nothing.
    long first = __builtin_ctzll(seen), end = CAJAL_TILE - __builtin_clzll(seen);
    keys = (keys < end ? keys : end) - first;
    key += first;
    seen >>= first;
    row_scores(a, a->keys + key * a->key_stride, keys, scores);
    vf largest = splat(-INFINITY);
    for (long k = 0; k < CAJAL_TILE; k++) {
      if (k >= keys || !(seen >> k & 1)) scores[k] = -INFINITY;
    }
    for (long k = 0; k < CAJAL_TILE; k += LANES) largest = larger(load(scores + k), largest);
    float raised = largest_lane(largest);
    if (raised > maximum + slack) {
      float factor = exp2f(maximum - raised);
      maximum = raised;
      total *= factor;
      scale_row(a->result, a->value_width, factor);
    }
    vf sum = splat(0);
    for (long k = 0; k < CAJAL_TILE; k += LANES) {
      vf weight = exp2_flushing(load(scores + k) - maximum);
      store(scores + k, weight);
      sum += weight;
    }
    total += sum_lanes(sum);
    add_row_values(a, a->values + key * a->value_stride, keys, scores);
  }
  scale_row(a->result, a->value_width, total > 0 ? 1 / total : total);
}
