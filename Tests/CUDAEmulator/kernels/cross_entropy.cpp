#include "../device_language.h"

#include "../../../Sources/CCajalCUDA/kernels/cross_entropy.cu"

EMULATED_KERNEL(cajal_cross_entropy)
EMULATED_KERNEL(cajal_cross_entropy_wide)
EMULATED_KERNEL(cajal_cross_entropy_gradient)
EMULATED_KERNEL(cajal_cross_entropy_gradient_wide)
