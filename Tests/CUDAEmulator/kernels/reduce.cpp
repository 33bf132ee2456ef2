#include "../device_language.h"

#include "../../../Sources/CCajalCUDA/kernels/reduce.cu"

EMULATED_KERNEL(cajal_reduce_rows)
EMULATED_KERNEL(cajal_reduce_row_parts)
EMULATED_KERNEL(cajal_reduce_columns)
EMULATED_KERNEL(cajal_add_partial_sums)
