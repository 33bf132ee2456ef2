// The kernels for the compiler's baseline: SSE2 on x86-64, NEON on arm64, plain code elsewhere.
#define LANES 4
#if defined(__aarch64__)
#define FUSED_MULTIPLY_ADD 1
#define TILE_ROWS 6
#define TILE_VECTORS 4
#define HEAD_ROWS 6
#define HEAD_VECTORS 4
#else
#define FUSED_MULTIPLY_ADD 0
#define TILE_ROWS 4
#define TILE_VECTORS 2
#define HEAD_ROWS 4
#define HEAD_VECTORS 2
#endif

#include "kernels_prelude.h"

#include "bodies/kernels.inc"

const struct cajal_kernels cajal_kernels_plain = CAJAL_KERNELS;
