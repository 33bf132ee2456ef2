#include "../device_language.h"

#include "../../../Sources/CCajalCUDA/kernels/convolution_few_channels.cu"

EMULATED_KERNEL(cajal_convolution_few_channels)
EMULATED_KERNEL(cajal_convolution_input_gradient_few_channels)
EMULATED_KERNEL(cajal_convolution_kernel_gradient_few_channels)
