#include "../device_language.h"

#include "../../../Sources/CCajalCUDA/kernels/attention_tensor.cu"

EMULATED_KERNEL(cajal_attention_32_tf32)
EMULATED_KERNEL(cajal_attention_32_bfloat16)
EMULATED_KERNEL(cajal_attention_64_tf32)
EMULATED_KERNEL(cajal_attention_64_bfloat16)
