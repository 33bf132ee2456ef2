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

/// The four words of the blocks whose numbers are in `block`.
INLINE void philox(const struct cajal_random_key *key, vu block, vu words[4]) {
  vu x = block, y = key->stream, z = key->step[0], w = key->step[1];
  uint32_t k0 = key->seed[0], k1 = key->seed[1];
  UNROLL for (int round = 0; round < 10; round++) {
    vu a_high, a_low, b_high, b_low;
    multiply_wide(x, 0xD2511F53, &a_high, &a_low);
    multiply_wide(z, 0xCD9E8D57, &b_high, &b_low);
    x = b_high ^ y ^ k0;
    y = b_low;
    z = a_high ^ w ^ k1;
    w = a_low;
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
  words[0] = x;
  words[1] = y;
  words[2] = z;
  words[3] = w;
}

/// The words of LANES blocks from number `block` on, in the order of the elements.
INLINE void philox_elements(const struct cajal_random_key *key, uint32_t block, uint32_t *elements) {
  vu numbers, words[4];
  UNROLL for (int i = 0; i < LANES; i++) numbers[i] = (uint32_t)i;
  philox(key, numbers + block, words);
  // The words of a block are neighbours: a transposition. The copy moves bits, whatever they mean.
  typedef uint32_t uquad __attribute__((ext_vector_type(4)));
  uquad lines[4][LANES / 4];
  memcpy(lines, words, sizeof lines);
  UNROLL for (int i = 0; i < LANES / 4; i++) {
    uquad a = __builtin_shufflevector(lines[0][i], lines[1][i], 0, 4, 1, 5);
    uquad b = __builtin_shufflevector(lines[0][i], lines[1][i], 2, 6, 3, 7);
    uquad c = __builtin_shufflevector(lines[2][i], lines[3][i], 0, 4, 1, 5);
    uquad d = __builtin_shufflevector(lines[2][i], lines[3][i], 2, 6, 3, 7);
    uquad r[4] = {
        __builtin_shufflevector(a, c, 0, 1, 4, 5), __builtin_shufflevector(a, c, 2, 3, 6, 7),
        __builtin_shufflevector(b, d, 0, 1, 4, 5), __builtin_shufflevector(b, d, 2, 3, 6, 7)};
    memcpy(elements + i * 16, r, sizeof r);
  }
}

static void kernel_random_uniform(
    const struct cajal_random_key *key, float low, float high, uint32_t first_block, float *result,
    long count) {
// Rounded after the product, as Philox.uniform does.
#pragma clang fp contract(off)
  float range = high - low, largest = nextafterf(high, -INFINITY);
  for (long i = 0; i < count; i += 4 * LANES) {
    uint32_t words[4 * LANES];
    philox_elements(key, first_block + (uint32_t)(i / 4), words);
    long some = count - i < 4 * LANES ? count - i : 4 * LANES;
    for (long j = 0; j < some; j++) {
      float x = (float)(int32_t)(words[j] >> 8) * 0x1p-24f * range;
      x = low + x;
      result[i + j] = x < largest ? x : largest;
    }
  }
}

static void kernel_dropout(
    const float *x, const struct cajal_dropout *dropout, uint32_t first_block, float *result,
    long count) {
  float scale = dropout->scale;
  uint32_t threshold = dropout->threshold;
  struct cajal_random_key key = dropout->key;
  for (long i = 0; i < count; i += 4 * LANES) {
    uint32_t words[4 * LANES];
    philox_elements(&key, first_block + (uint32_t)(i / 4), words);
    UNROLL for (int j = 0; j < 4; j++) {
      long some = count - i - j * LANES;
      if (some <= 0) break;
      vu w;
      memcpy(&w, words + j * LANES, sizeof w);
      vf v = load_some(x + i + j * LANES, some, 0) * scale;
      store_some(result + i + j * LANES, w >= (vu)threshold ? v : splat(0), some);
    }
  }
}

/// Element ((image * heads + head) * queries + query) * keys + key decides on a weight. Block numbers are
/// taken modulo 2^32, as Philox.word does.
static void keep_factors(
    const struct cajal_attention *a, long image, long head, long query, long key, long keys,
    float *factors) {
  const struct cajal_dropout *dropout = a->dropout;
  uint64_t row = (uint64_t)((image * a->heads + head) * a->query_count + query);
  for (long k = 0; k < keys; k++) {
    for (int q = 0; q < CAJAL_TILE; q += LANES) {
      uint32_t blocks[LANES], places[LANES];
      for (int i = 0; i < LANES; i++) {
        uint64_t element = (row + q + i) * a->key_count + key + k;
        blocks[i] = (uint32_t)(element >> 2);
        places[i] = element & 3;
      }
      vu block, place, words[4];
      memcpy(&block, blocks, sizeof block);
      memcpy(&place, places, sizeof place);
      philox(&dropout->key, block, words);
      vu word = place == 0 ? words[0] : place == 1 ? words[1] : place == 2 ? words[2] : words[3];
      store(
          factors + k * CAJAL_TILE + q,
          word >= (vu)dropout->threshold ? splat(dropout->scale) : splat(0));
    }
  }
}
