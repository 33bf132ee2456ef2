#include "../device_language.h"

#include "../../../Sources/CCajalCUDA/kernels/attention_row.cu"

EMULATED_KERNEL(cajal_cache_attention)
EMULATED_KERNEL(cajal_attention_row)
EMULATED_KERNEL(cajal_attention_row_parts)
