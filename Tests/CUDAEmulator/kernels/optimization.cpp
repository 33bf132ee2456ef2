#include "../device_language.h"

#include "../../../Sources/CCajalCUDA/kernels/optimization.cu"

EMULATED_KERNEL(cajal_sum_of_squares)
EMULATED_KERNEL(cajal_sum_doubles)
EMULATED_KERNEL(cajal_clipped_scale)
EMULATED_KERNEL(cajal_adam)
EMULATED_KERNEL(cajal_momentum)
EMULATED_KERNEL(cajal_moving_average)
