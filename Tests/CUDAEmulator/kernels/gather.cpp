#include "../device_language.h"

#include "../../../Sources/CCajalCUDA/kernels/gather.cu"

EMULATED_KERNEL(cajal_require_indices)
EMULATED_KERNEL(cajal_gather_rows)
