#include "../device_language.h"

#include "../../../Sources/CCajalCUDA/kernels/convolution_tensor.cu"

EMULATED_KERNEL(cajal_convolution_large_tf32)
EMULATED_KERNEL(cajal_convolution_large_bfloat16)
EMULATED_KERNEL(cajal_convolution_small_tf32)
EMULATED_KERNEL(cajal_convolution_small_bfloat16)
EMULATED_KERNEL(cajal_convolution_narrow_tf32)
EMULATED_KERNEL(cajal_convolution_narrow_bfloat16)
EMULATED_KERNEL(cajal_convolution_kernel_gradient_tf32)
EMULATED_KERNEL(cajal_convolution_kernel_gradient_bfloat16)
