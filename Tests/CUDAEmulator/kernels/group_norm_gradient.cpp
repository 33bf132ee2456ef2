#include "../device_language.h"

#include "../../../Sources/CCajalCUDA/kernels/group_norm_gradient.cu"

EMULATED_KERNEL(cajal_group_norm_gradient_partials)
EMULATED_KERNEL(cajal_group_norm_gradient_means)
EMULATED_KERNEL(cajal_group_norm_gradient)
