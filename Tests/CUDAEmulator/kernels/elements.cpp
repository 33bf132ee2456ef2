#include "../device_language.h"

#include "../../../Sources/CCajalCUDA/kernels/elements.cu"

EMULATED_KERNEL(cajal_fill)
EMULATED_KERNEL(cajal_unary)
EMULATED_KERNEL(cajal_binary)
EMULATED_KERNEL(cajal_binary_broadcast)
EMULATED_KERNEL(cajal_affine)
EMULATED_KERNEL(cajal_add_scaled)
