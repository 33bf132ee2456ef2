#include "../device_language.h"

#include "../../../Sources/CCajalCUDA/kernels/group_norm.cu"

EMULATED_KERNEL(cajal_group_norm_partials)
EMULATED_KERNEL(cajal_group_norm_statistics)
EMULATED_KERNEL(cajal_group_norm)
