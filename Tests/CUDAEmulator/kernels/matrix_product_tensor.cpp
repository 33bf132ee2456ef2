#include "../device_language.h"

#include "../../../Sources/CCajalCUDA/kernels/matrix_product_tensor.cu"

EMULATED_KERNEL(cajal_matrix_product_large_tf32)
EMULATED_KERNEL(cajal_matrix_product_large_bfloat16)
EMULATED_KERNEL(cajal_matrix_product_small_tf32)
EMULATED_KERNEL(cajal_matrix_product_sliced_tf32)
EMULATED_KERNEL(cajal_matrix_product_small_bfloat16)
EMULATED_KERNEL(cajal_matrix_product_sliced_bfloat16)
