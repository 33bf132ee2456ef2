#include "../device_language.h"

#include "../../../Sources/CCajalCUDA/kernels/convolution_kernel_gradient.cu"

EMULATED_KERNEL(cajal_convolution_kernel_gradient_small)
EMULATED_KERNEL(cajal_convolution_kernel_gradient_sliced)
