#include "cajal_kernels.h"
#include "features.h"

extern const struct cajal_kernels cajal_kernels_plain;
#if defined(__x86_64__)
extern const struct cajal_kernels cajal_kernels_avx2;
extern const struct cajal_kernels cajal_kernels_avx512;
extern const struct cajal_kernels cajal_kernels_wide;
#endif

const struct cajal_kernels *cajal_kernels_for(enum cajal_isa isa) {
  switch (isa) {
    case cajal_isa_plain: return &cajal_kernels_plain;
#if defined(__x86_64__)
    case cajal_isa_avx2: return CAJAL_HAS_AVX2 ? &cajal_kernels_avx2 : NULL;
    case cajal_isa_avx512: return CAJAL_HAS_AVX512 ? &cajal_kernels_avx512 : NULL;
    case cajal_isa_wide: return CAJAL_HAS_AVX2 ? &cajal_kernels_wide : NULL;
#endif
    default: return NULL;
  }
}

void cajal_transpose_masks(const uint64_t *masks, uint64_t *result, long count) {
  for (long mask = 0; mask < count; mask++, masks += CAJAL_TILE, result += CAJAL_TILE) {
    for (int i = 0; i < CAJAL_TILE; i++) result[i] = masks[i];
    // Swaps the off-diagonal quarters, then those of each quarter, and so on (Warren, Hacker's
    // Delight).
    uint64_t low = 0x00000000ffffffff;
    for (int width = 32; width > 0; width >>= 1, low ^= low << width) {
      for (int i = 0; i < CAJAL_TILE; i = (i + width + 1) & ~width) {
        uint64_t swapped = ((result[i] >> width) ^ result[i + width]) & low;
        result[i] ^= swapped << width;
        result[i + width] ^= swapped;
      }
    }
  }
}
