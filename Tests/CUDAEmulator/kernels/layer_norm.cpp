#include "../device_language.h"

#include "../../../Sources/CCajalCUDA/kernels/layer_norm.cu"

EMULATED_KERNEL(cajal_layer_norm)
EMULATED_KERNEL(cajal_layer_norm_medium)
EMULATED_KERNEL(cajal_layer_norm_wide)
