#include "../device_language.h"

#include "../../../Sources/CCajalCUDA/kernels/attention_operands_tensor.cu"

EMULATED_KERNEL(cajal_attention_keys_32_tf32)
EMULATED_KERNEL(cajal_attention_keys_32_bfloat16)
EMULATED_KERNEL(cajal_attention_keys_64_tf32)
EMULATED_KERNEL(cajal_attention_keys_64_bfloat16)
EMULATED_KERNEL(cajal_attention_queries_32_tf32)
EMULATED_KERNEL(cajal_attention_queries_32_bfloat16)
EMULATED_KERNEL(cajal_attention_queries_64_tf32)
EMULATED_KERNEL(cajal_attention_queries_64_bfloat16)
