// The kernels for AVX2.
#if defined(__x86_64__)

#define LANES 8
#define FUSED_MULTIPLY_ADD 1
// Rows and vectors of a register tile; see tile.inc. The second pair is for lanes over a head's
// width.
#define TILE_ROWS 6
#define TILE_VECTORS 2
#define HEAD_ROWS 6
#define HEAD_VECTORS 2

#include "features.h"
#include "kernels_prelude.h"

#pragma clang attribute push(__attribute__((target(CAJAL_AVX2_TARGET))), apply_to = function)
#include "bodies/kernels.inc"
#pragma clang attribute pop

const struct cajal_kernels cajal_kernels_avx2 = CAJAL_KERNELS;

#endif
