#include "../device_language.h"

#include "../../../Sources/CCajalCUDA/kernels/copies.cu"

EMULATED_KERNEL(cajal_copy_rows_1)
EMULATED_KERNEL(cajal_copy_rows_2)
EMULATED_KERNEL(cajal_copy_rows_4)
EMULATED_KERNEL(cajal_copy_rows_8)
EMULATED_KERNEL(cajal_copy_rows_16)
