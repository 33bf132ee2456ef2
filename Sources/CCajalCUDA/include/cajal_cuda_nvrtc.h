// The part of NVRTC, NVIDIA's run-time compiler, that Cajal calls. Names and layouts are those of
// NVIDIA's nvrtc.h (versions 12 and 13).
#pragma once

#include "cajal_cuda_driver.h"

typedef struct cajal_nvrtc_program_object *cajal_nvrtc_program;

/// Every function: its field in the table, its symbol in the library, its parameters.
#define CAJAL_CUDA_NVRTC_FUNCTIONS(function) \
  function(nvrtcVersion, nvrtcVersion, (int *major, int *minor)) \
  function( \
      nvrtcCreateProgram, nvrtcCreateProgram, \
      (cajal_nvrtc_program *program, const char *source, const char *name, int header_count, \
       const char *const *headers, const char *const *include_names)) \
  function(nvrtcDestroyProgram, nvrtcDestroyProgram, (cajal_nvrtc_program *program)) \
  function( \
      nvrtcCompileProgram, nvrtcCompileProgram, \
      (cajal_nvrtc_program, int option_count, const char *const *options)) \
  function(nvrtcGetCUBINSize, nvrtcGetCUBINSize, (cajal_nvrtc_program, size_t *size)) \
  function(nvrtcGetCUBIN, nvrtcGetCUBIN, (cajal_nvrtc_program, char *cubin)) \
  function(nvrtcGetProgramLogSize, nvrtcGetProgramLogSize, (cajal_nvrtc_program, size_t *size)) \
  function(nvrtcGetProgramLog, nvrtcGetProgramLog, (cajal_nvrtc_program, char *log))

/// The compiler's functions; loaded from a library or those of the emulator.
struct cajal_cuda_nvrtc {
  CAJAL_CUDA_NVRTC_FUNCTIONS(CAJAL_CUDA_FIELD)
};

/// Fills the table from a library that `dlopen` opened. Returns the name of the first symbol that
/// the library lacks, else NULL.
const char *cajal_cuda_load_nvrtc(void *library, struct cajal_cuda_nvrtc *table);
