#include "../device_language.h"

#include "../../../Sources/CCajalCUDA/kernels/layer_norm_gradient.cu"

EMULATED_KERNEL(cajal_layer_norm_gradient)
EMULATED_KERNEL(cajal_layer_norm_gradient_wide)
