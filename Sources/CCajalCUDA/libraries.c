#include <dlfcn.h>
#include <string.h>

#include "cajal_cuda_blas.h"
#include "cajal_cuda_driver.h"
#include "cajal_cuda_nvrtc.h"

// A function's address comes as a pointer to data, which C does not convert.
#define LOAD(field, symbol, parameters) \
  { \
    void *address = dlsym(library, #symbol); \
    if (!address) return #symbol; \
    memcpy(&table->field, &address, sizeof address); \
  }

const char *cajal_cuda_load_driver(void *library, struct cajal_cuda_driver *table) {
  CAJAL_CUDA_DRIVER_FUNCTIONS(LOAD)
  return NULL;
}

const char *cajal_cuda_load_nvrtc(void *library, struct cajal_cuda_nvrtc *table) {
  CAJAL_CUDA_NVRTC_FUNCTIONS(LOAD)
  return NULL;
}

#define LOAD_BLAS(result, name, parameters) LOAD(name, name, parameters)

const char *cajal_cuda_load_blas(void *library, struct cajal_cuda_blas *table) {
  CAJAL_CUDA_BLAS_FUNCTIONS(LOAD_BLAS)
  return NULL;
}
