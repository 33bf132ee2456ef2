#include "../device_language.h"

#include "../../../Sources/CCajalCUDA/kernels/random.cu"

EMULATED_KERNEL(cajal_random_uniform)
EMULATED_KERNEL(cajal_random_normal)
EMULATED_KERNEL(cajal_dropout)
