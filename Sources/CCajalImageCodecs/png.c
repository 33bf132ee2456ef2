#include "cajal_image_codecs.h"
