#include "../device_language.h"

#include "../../../Sources/CCajalCUDA/kernels/softmax.cu"

EMULATED_KERNEL(cajal_softmax)
EMULATED_KERNEL(cajal_softmax_medium)
EMULATED_KERNEL(cajal_softmax_wide)
EMULATED_KERNEL(cajal_softmax_gradient)
EMULATED_KERNEL(cajal_softmax_gradient_wide)
