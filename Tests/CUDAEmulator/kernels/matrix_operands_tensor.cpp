#include "../device_language.h"

#include "../../../Sources/CCajalCUDA/kernels/matrix_operands_tensor.cu"

EMULATED_KERNEL(cajal_round_operands_bfloat16)
