#include "../device_language.h"

#include "../../../Sources/CCajalCUDA/kernels/attention.cu"

EMULATED_KERNEL(cajal_attention_32)
EMULATED_KERNEL(cajal_attention_64)
EMULATED_KERNEL(cajal_attention_128)
