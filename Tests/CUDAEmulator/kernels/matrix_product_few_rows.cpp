#include "../device_language.h"

#include "../../../Sources/CCajalCUDA/kernels/matrix_product_few_rows.cu"

EMULATED_KERNEL(cajal_matrix_product_few_rows)
