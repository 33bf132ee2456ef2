#include "../device_language.h"

#include "../../../Sources/CCajalCUDA/kernels/column_sums.cu"

EMULATED_KERNEL(cajal_binary_column_sums)
