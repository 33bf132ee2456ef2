#include "../device_language.h"

#include "../../../Sources/CCajalCUDA/kernels/convolution_input_gradient.cu"

EMULATED_KERNEL(cajal_convolution_input_gradient_large)
EMULATED_KERNEL(cajal_convolution_input_gradient_small)
EMULATED_KERNEL(cajal_convolution_input_gradient_narrow)
EMULATED_KERNEL(cajal_convolution_input_gradient_sliced)
