#include "../device_language.h"

#include "../../../Sources/CCajalCUDA/kernels/strided_copy.cu"

EMULATED_KERNEL(cajal_strided_copy)
EMULATED_KERNEL(cajal_strided_copy_transposed)
