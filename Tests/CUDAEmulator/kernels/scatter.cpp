#include "../device_language.h"

#include "../../../Sources/CCajalCUDA/kernels/scatter.cu"

EMULATED_KERNEL(cajal_sort_indices)
EMULATED_KERNEL(cajal_merge_indices)
EMULATED_KERNEL(cajal_scatter_add_rows)
EMULATED_KERNEL(cajal_add_scattered_parts)
