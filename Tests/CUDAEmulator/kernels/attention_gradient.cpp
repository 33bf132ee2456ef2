#include "../device_language.h"

#include "../../../Sources/CCajalCUDA/kernels/attention_gradient.cu"

EMULATED_KERNEL(cajal_attention_projections)
EMULATED_KERNEL(cajal_attention_gradient_32)
EMULATED_KERNEL(cajal_attention_gradient_64)
EMULATED_KERNEL(cajal_attention_gradient_128)
