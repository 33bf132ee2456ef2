// Philox 4×32-10, LANES blocks at a time.

typedef uint64_t vw __attribute__((ext_vector_type(LANES / 2)));

/// The high and the low words of the products of lanes with a constant.
INLINE void multiply_wide(vu x, uint32_t factor, vu *high, vu *low) {
  // Even lanes are the low halves of 64-bit words, odd lanes the high ones.
  vw pairs = (vw)x;
  const vw low_half = (vw)0xffffffffull;
  vw even = (pairs & low_half) * (vw)(uint64_t)factor;
  vw odd = (pairs >> 32) * (vw)(uint64_t)factor;
  *high = (vu)((even >> 32) | (odd & ~low_half));
  *low = (vu)((even & low_half) | (odd << 32));
}

/// Transposes 4 x 4 words to 16 neighbors.
INLINE void transpose_4x4_bits(const uint32_t *x, long x_row, uint32_t *result) {
  typedef uint32_t uquad __attribute__((ext_vector_type(4)));
  uquad r[4];
  UNROLL for (int i = 0; i < 4; i++) memcpy(&r[i], x + i * x_row, sizeof r[i]);
  uquad a = __builtin_shufflevector(r[0], r[1], 0, 4, 1, 5);
  uquad b = __builtin_shufflevector(r[0], r[1], 2, 6, 3, 7);
  uquad c = __builtin_shufflevector(r[2], r[3], 0, 4, 1, 5);
  uquad d = __builtin_shufflevector(r[2], r[3], 2, 6, 3, 7);
  r[0] = __builtin_shufflevector(a, c, 0, 1, 4, 5);
  r[1] = __builtin_shufflevector(a, c, 2, 3, 6, 7);
  r[2] = __builtin_shufflevector(b, d, 0, 1, 4, 5);
  r[3] = __builtin_shufflevector(b, d, 2, 3, 6, 7);
  memcpy(result, r, sizeof r);
}

/// A key as the rounds use it.
struct round_keys {
  vu even[10], odd[10];
  vu stream, step[2];
};

/// The words of a key in vectors.
INLINE struct round_keys expand(const struct cajal_random_key *key) {
  struct round_keys keys;
  for (uint32_t round = 0; round < 10; round++) {
    keys.even[round] = key->seed[0] + round * 0x9E3779B9;
    keys.odd[round] = key->seed[1] + round * 0xBB67AE85;
  }
  keys.stream = key->stream;
  keys.step[0] = key->step[0];
  keys.step[1] = key->step[1];
  return keys;
}

/// The number of vectors of blocks processed together, to hide the latency of the rounds.
enum { SIDE_BY_SIDE = 2, WORDS = SIDE_BY_SIDE * 4 * LANES };

/// Replaces the numbers of blocks, in words[i][0], by the four words of each.
INLINE void philox(const struct round_keys *keys, int vectors, vu words[][4]) {
  UNROLL for (int i = 0; i < vectors; i++) {
    words[i][1] = keys->stream;
    words[i][2] = keys->step[0];
    words[i][3] = keys->step[1];
  }
  UNROLL for (int round = 0; round < 10; round++) {
    UNROLL for (int i = 0; i < vectors; i++) {
      vu a_high, a_low, b_high, b_low;
      multiply_wide(words[i][0], 0xD2511F53, &a_high, &a_low);
      multiply_wide(words[i][2], 0xCD9E8D57, &b_high, &b_low);
      words[i][0] = b_high ^ words[i][1] ^ keys->even[round];
      words[i][1] = b_low;
      words[i][2] = a_high ^ words[i][3] ^ keys->odd[round];
      words[i][3] = a_low;
    }
  }
}

/// The words of the blocks from number `block` on, in the order of the elements.
INLINE void philox_elements(
    const struct round_keys *keys, uint32_t block, uint32_t elements[WORDS]) {
  vu numbers, words[SIDE_BY_SIDE][4];
  UNROLL for (int i = 0; i < LANES; i++) numbers[i] = (uint32_t)i;
  UNROLL for (int i = 0; i < SIDE_BY_SIDE; i++) words[i][0] = numbers + block + i * LANES;
  philox(keys, SIDE_BY_SIDE, words);
  // The words of a block become neighbors by a transposition, which moves bits regardless of their
  // type.
  UNROLL for (int i = 0; i < SIDE_BY_SIDE; i++) {
    UNROLL for (int j = 0; j < LANES; j += 4) {
      transpose_4x4_bits(
          (const uint32_t *)words[i] + j, LANES, elements + (i * LANES + j) * 4);
    }
  }
}

static void kernel_random_uniform(
    const struct cajal_random_key *key, float low, float high, uint32_t first_block, float *result,
    long count) {
// Rounded after the product, as Philox.uniform does.
#pragma clang fp contract(off)
  struct round_keys keys = expand(key);
  float range = high - low, largest = nextafterf(high, -INFINITY);
  for (long i = 0; i < count; i += WORDS) {
    uint32_t words[WORDS];
    philox_elements(&keys, first_block + (uint32_t)(i / 4), words);
    long some = count - i < WORDS ? count - i : WORDS;
    for (long j = 0; j < some; j++) {
      float x = (float)(int32_t)(words[j] >> 8) * 0x1p-24f * range;
      x = low + x;
      result[i + j] = x < largest ? x : largest;
    }
  }
}

/// WORDS elements from the first of block `block` on.
INLINE void drop_elements(
    const float *x, const struct round_keys *keys, const struct cajal_dropout *dropout,
    uint32_t block, float *result) {
  uint32_t words[WORDS];
  philox_elements(keys, block, words);
  UNROLL for (int i = 0; i < WORDS; i += LANES) {
    vu word;
    memcpy(&word, words + i, sizeof word);
    vf kept = load(x + i) * dropout->scale;
    store(result + i, word >= (vu)dropout->threshold ? kept : splat(0));
  }
}

static void kernel_dropout(
    const float *x, const struct cajal_dropout *dropout, uint32_t first_block, float *result,
    long count) {
  const struct cajal_dropout d = *dropout;
  struct round_keys keys = expand(&d.key);
  long i = 0;
  for (; i + WORDS <= count; i += WORDS) {
    drop_elements(x + i, &keys, &d, first_block + (uint32_t)(i / 4), result + i);
  }
  if (i < count) {
    float rest[WORDS] = {0};
    memcpy(rest, x + i, sizeof(float) * (count - i));
    drop_elements(rest, &keys, &d, first_block + (uint32_t)(i / 4), rest);
    memcpy(result + i, rest, sizeof(float) * (count - i));
  }
}

/// Element ((image * heads + head) * queries + query) * keys + key decides on a weight. Block
/// numbers are taken modulo 2^32, as Philox.word does. Factors lie panel by panel: [PANELS,
/// CAJAL_TILE, PANEL].
static void keep_factors(
    const struct cajal_attention *a, long image, long head, long query, long key, long keys,
    float *factors) {
  const struct cajal_dropout *dropout = a->dropout;
  struct round_keys round_keys = expand(&dropout->key);
  uint64_t row = (uint64_t)((image * a->heads + head) * a->query_count + query);
  for (long k = 0; k < keys; k++) {
    for (int q = 0; q < CAJAL_TILE; q += LANES) {
      uint32_t blocks[LANES], places[LANES];
      for (int i = 0; i < LANES; i++) {
        uint64_t element = (row + q + i) * a->key_count + key + k;
        blocks[i] = (uint32_t)(element >> 2);
        places[i] = element & 3;
      }
      vu place, words[1][4];
      memcpy(&words[0][0], blocks, sizeof blocks);
      memcpy(&place, places, sizeof places);
      philox(&round_keys, 1, words);
      vu word = place == 0   ? words[0][0]
                : place == 1 ? words[0][1]
                : place == 2 ? words[0][2]
                             : words[0][3];
      store(
          factors + (q / PANEL * CAJAL_TILE + k) * PANEL + q % PANEL,
          word >= (vu)dropout->threshold ? splat(dropout->scale) : splat(0));
    }
  }
}
