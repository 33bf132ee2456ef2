#include "../device_language.h"

#include "../../../Sources/CCajalCUDA/kernels/causal_context.cu"

EMULATED_KERNEL(cajal_causal_context)
