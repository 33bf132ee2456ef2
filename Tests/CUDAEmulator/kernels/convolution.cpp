#include "../device_language.h"

#include "../../../Sources/CCajalCUDA/kernels/convolution.cu"

EMULATED_KERNEL(cajal_convolution_large)
EMULATED_KERNEL(cajal_convolution_small)
EMULATED_KERNEL(cajal_convolution_narrow)
EMULATED_KERNEL(cajal_convolution_sliced)
