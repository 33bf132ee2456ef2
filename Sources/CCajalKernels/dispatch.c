#include "cajal_kernels.h"
