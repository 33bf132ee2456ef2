#include "../device_language.h"

#include "../../../Sources/CCajalCUDA/kernels/logistic_mixture.cu"

EMULATED_KERNEL(cajal_logistic_mixture)
