#include "../device_language.h"

#include "../../../Sources/CCajalCUDA/kernels/blocks.cu"

EMULATED_KERNEL(cajal_sum_blocks)
EMULATED_KERNEL(cajal_repeat_blocks)
