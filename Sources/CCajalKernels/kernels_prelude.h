// System headers of the kernels, outside of the target attribute that wraps the kernels.
#pragma once

#include "cajal_kernels.h"

#include <float.h>
#include <math.h>
#include <string.h>
