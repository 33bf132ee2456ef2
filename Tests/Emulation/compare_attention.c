// Attention, its gradient and its rows, with random plans.

#include "compare.h"

enum { BATCH = 2, HEADS = 2, TILE = CAJAL_TILE };

struct case_of_attention {
  long queries, keys, key_width, value_width;
  /// The size of queries' and keys' elements: large ones raise the softmax's maximum again and
  /// again.
  float spread;
  int padding_keys, dropout;
};

/// A query that sees one key alone has gradients of zero but for rounding: the first case has
/// padding keys, so that there is something to compare them with.
static const struct case_of_attention cases[] = {
    {2, 1, 1, 1, 1, 1, 0},        {70, 70, 5, 5, 1, 0, 0},      {70, 70, 5, 17, 1, 1, 0},
    {64, 128, 16, 16, 1, 0, 0},   {130, 130, 16, 16, 1, 1, 1},  {5, 200, 32, 32, 1, 0, 0},
    {130, 131, 32, 32, 1, 1, 0},  {130, 130, 64, 64, 1, 0, 0},  {200, 67, 64, 64, 1, 1, 1},
    {65, 129, 12, 7, 1, 0, 1},    {63, 190, 80, 100, 1, 1, 0},  {130, 300, 32, 32, 4, 0, 0},
    {130, 300, 64, 64, 4, 1, 1},
};

struct plan {
  int32_t *starts;
  struct cajal_plan_entry *entries;
  /// As the row kernel reads them, and transposed.
  uint64_t *masks, *transposed;
  float *padding_keys;
};

/// A word with the bits below `count` set.
static uint64_t low_bits(long count) { return count >= 64 ? UINT64_MAX : (1ull << count) - 1; }

/// One mask: some queries see all keys of the tile, some none, most a random part.
static void random_mask(uint64_t *mask, long keys) {
  for (int q = 0; q < TILE; q++) {
    uint64_t word = (uint64_t)next_word() << 32 | next_word();
    uint32_t kind = next_word() % 5;
    mask[q] = (kind == 0 ? 0 : kind == 1 ? UINT64_MAX : word) & low_bits(keys);
  }
}

/// Each query tile sees some key tiles whole, some through a mask, and some not at all.
static struct plan random_plan(const struct case_of_attention *c) {
  long query_tiles = (c->queries + TILE - 1) / TILE, key_tiles = (c->keys + TILE - 1) / TILE;
  struct plan plan = {
      .starts = guarded(query_tiles + 1, sizeof(int32_t)),
      .entries = guarded(query_tiles * key_tiles, sizeof(struct cajal_plan_entry)),
      .masks = guarded(query_tiles * key_tiles * TILE, sizeof(uint64_t)),
      .transposed = guarded(query_tiles * key_tiles * TILE, sizeof(uint64_t)),
      .padding_keys = c->padding_keys ? guarded(c->queries, sizeof(float)) : NULL};
  int32_t entries = 0, masks = 0;
  for (long tile = 0; tile < query_tiles; tile++) {
    plan.starts[tile] = entries;
    for (long k = 0; k < key_tiles; k++) {
      uint32_t kind = next_word() % 6;
      if (kind == 0 && key_tiles > 1) continue;
      struct cajal_plan_entry entry = {(int32_t)k, kind < 3 ? -1 : masks++};
      plan.entries[entries++] = entry;
      long keys = c->keys - k * TILE;
      if (entry.mask >= 0) random_mask(plan.masks + entry.mask * TILE, keys);
    }
  }
  plan.starts[query_tiles] = entries;
  cajal_transpose_masks(plan.masks, plan.transposed, masks);
  for (long q = 0; c->padding_keys && q < c->queries; q++) plan.padding_keys[q] = (float)(q % 3 * 17);
  return plan;
}

/// Every head of every image, forward and then backward from what the plain level found.
static void compare_whole(
    const struct case_of_attention *c, const char *name, struct cajal_attention a) {
  long rows = BATCH * c->queries, key_row = HEADS * c->key_width, value_row = HEADS * c->value_width;
  long key_count = BATCH * c->keys, tiles = (c->queries + TILE - 1) / TILE;
  float *y[2], *logs[2], *dq[2], *dk[2], *dv[2];
  results(rows * value_row, y);
  results(rows * HEADS, logs);
  results(rows * key_row, dq);
  results(key_count * key_row, dk);
  results(key_count * value_row, dv);
  FOR_BOTH_LEVELS(level) {
    const struct cajal_kernels *k = levels[level];
    a.result = y[level];
    a.log_sum_exp = logs[level];
    float *memory = scratch(k->attention_scratch(&a));
    for (int i = 0; i < BATCH * HEADS; i++) {
      // In two pieces, as threads cut the work.
      k->attention(&a, i / HEADS, i % HEADS, 0, tiles / 2, memory);
      k->attention(&a, i / HEADS, i % HEADS, tiles / 2, tiles, memory);
    }
    a.result = y[0];
    a.log_sum_exp = logs[0];
    a.queries_gradient = dq[level];
    a.keys_gradient = dk[level];
    a.values_gradient = dv[level];
    memory = scratch(k->attention_gradient_scratch(&a));
    for (int i = 0; i < BATCH * HEADS; i++) {
      k->attention_gradient(&a, i / HEADS, i % HEADS, memory);
    }
  }
  expect_close(y, rows * value_row, rounding, "%s", name);
  expect_close(logs, rows * HEADS, rounding, "%s: log_sum_exp", name);
  expect_close(dq, rows * key_row, rounding, "%s: queries' gradient", name);
  expect_close(dk, key_count * key_row, rounding, "%s: keys' gradient", name);
  expect_close(dv, key_count * value_row, rounding, "%s: values' gradient", name);
}

/// Every query of the first image's last head, by itself, against caches.
static void compare_each_row(
    const struct case_of_attention *c, const char *name, const struct cajal_attention *a,
    const struct plan *plan) {
  long key_row = HEADS * c->key_width, key_from = (HEADS - 1) * c->key_width;
  long cached = (c->keys + TILE - 1) / TILE * TILE;
  const float *keys = numbers(cached * c->key_width, -c->spread, c->spread);
  const float *values = numbers(cached * c->value_width, -1, 1);
  float *y[2];
  results(c->queries * c->value_width, y);
  FOR_BOTH_LEVELS(level) {
    for (long q = 0; q < c->queries; q++) {
      const int32_t *start = plan->starts + q / TILE;
      struct cajal_attention_row row = {
          .query = a->queries + q * key_row + key_from, .keys = keys, .values = values,
          .result = y[level] + q * c->value_width, .key_count = c->keys,
          .key_width = c->key_width, .value_width = c->value_width, .scale = a->scale,
          .entries = plan->entries + start[0], .entry_count = start[1] - start[0],
          .masks = plan->masks, .query_in_tile = q % TILE,
          .padding_key_count = plan->padding_keys ? plan->padding_keys[q] : 0};
      levels[level]->attention_row(&row);
    }
  }
  expect_close(y, c->queries * c->value_width, rounding, "%s", name);
}

static void compare_case(const struct case_of_attention *c, int row_by_row) {
  char name[100];
  snprintf(
      name, sizeof name, "%ldx%ld widths %ld %ld spread %g padding keys %d dropout %d", c->queries,
      c->keys, c->key_width, c->value_width, c->spread, c->padding_keys, c->dropout);
  struct plan plan = random_plan(c);
  struct cajal_dropout dropout = {{{1, 2}, 3, {4, 5}}, 0x40000000, 4 / 3.f};
  long query_elements = BATCH * c->queries * HEADS, key_elements = BATCH * c->keys * HEADS;
  struct cajal_attention a = {
      .queries = numbers(query_elements * c->key_width, -c->spread, c->spread),
      .keys = numbers(key_elements * c->key_width, -c->spread, c->spread),
      .values = numbers(key_elements * c->value_width, -1, 1),
      .result_gradient = numbers(query_elements * c->value_width, -1, 1),
      .heads = HEADS, .query_count = c->queries, .key_count = c->keys, .key_width = c->key_width,
      .value_width = c->value_width, .scale = 1 / sqrtf((float)c->key_width),
      .tile_starts = plan.starts, .entries = plan.entries, .masks = plan.transposed,
      .padding_key_counts = plan.padding_keys, .dropout = c->dropout ? &dropout : NULL};
  if (row_by_row) {
    compare_each_row(c, name, &a, &plan);
  } else {
    compare_whole(c, name, a);
  }
  release();
}

void compare_attention(void) {
  for (int row_by_row = 0; row_by_row < 2; row_by_row++) {
    begin(row_by_row ? "attention_row" : "attention, its gradient");
    for (int i = 0; i < COUNT(cases); i++) {
      if (!(row_by_row && cases[i].dropout)) compare_case(cases + i, row_by_row);
    }
  }
}
