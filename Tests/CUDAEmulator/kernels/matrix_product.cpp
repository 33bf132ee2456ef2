#include "../device_language.h"

#include "../../../Sources/CCajalCUDA/kernels/matrix_product.cu"

EMULATED_KERNEL(cajal_matrix_product_large)
EMULATED_KERNEL(cajal_matrix_product_small)
EMULATED_KERNEL(cajal_matrix_product_sliced)
EMULATED_KERNEL(cajal_sum_parts)
