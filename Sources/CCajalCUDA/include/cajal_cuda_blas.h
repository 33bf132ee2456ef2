// The part of cuBLASLt, NVIDIA's matrix products, that Cajal calls. Names, values and layouts are
// those of NVIDIA's cublasLt.h, cublas_api.h and library_types.h (versions 12 and 13).
#pragma once

#include <stdint.h>

#include "cajal_cuda_driver.h"

/// 0 is success; see `cublasLtGetStatusString` for the others.
typedef int cajal_blas_status;

typedef struct cajal_blas_handle_object *cajal_blas_handle;
typedef struct cajal_blas_operation_object *cajal_blas_operation;
typedef struct cajal_blas_layout_object *cajal_blas_layout;
typedef struct cajal_blas_preference_object *cajal_blas_preference;

/// Results that callers tell apart.
enum {
  cajal_blas_success = 0,
  cajal_blas_not_initialized = 1,
  cajal_blas_invalid_value = 7,
  cajal_blas_not_supported = 15,
};

/// Types of elements, and what sums are computed in.
enum {
  cajal_blas_float32 = 0,
  cajal_blas_bfloat16 = 14,
  cajal_blas_compute_float32 = 68,
  cajal_blas_compute_tf32 = 77,
};

/// Attributes of an operation: the transpose of an operand and the epilogue are 4 bytes, the bias a
/// pointer.
enum {
  cajal_blas_operation_transpose_a = 3,
  cajal_blas_operation_transpose_b = 4,
  cajal_blas_operation_epilogue = 7,
  cajal_blas_operation_bias = 8,
};

/// Whether an operand is transposed.
enum {
  cajal_blas_as_it_is = 0,
  cajal_blas_transposed = 1,
};

/// What is done to the sums, in this order: the bias, a number per row, is added, then relu.
enum {
  cajal_blas_epilogue_none = 1,
  cajal_blas_epilogue_relu = 2,
  cajal_blas_epilogue_bias = 4,
};

/// Attributes of a layout: the number of matrices is 4 bytes, the elements between them 8.
enum {
  cajal_blas_layout_batch = 5,
  cajal_blas_layout_batch_stride = 6,
};

/// Attributes of a preference: the workspace is 8 bytes, the others 4.
enum {
  cajal_blas_preference_workspace_bytes = 1,
  cajal_blas_preference_reductions = 3,
  cajal_blas_preference_alignment_a = 5,
  cajal_blas_preference_alignment_b = 6,
  cajal_blas_preference_alignment_c = 7,
  cajal_blas_preference_alignment_d = 8,
};

/// Ways to add the parts of a sum that is cut up, as bits.
enum {
  /// In the result's memory, one after the other.
  cajal_blas_reduction_in_place = 1,
  /// In a step of its own, of what the parts left in the workspace.
  cajal_blas_reduction_in_workspace = 2,
  /// Likewise, in the type of the result.
  cajal_blas_reduction_in_result_type = 4,
};

/// How a product is computed.
struct cajal_blas_algorithm {
  uint64_t data[8];
};

/// An algorithm that was found.
struct cajal_blas_heuristic {
  struct cajal_blas_algorithm algorithm;
  /// The bytes that it takes.
  size_t workspace_bytes;
  cajal_blas_status state;
  float waves;
  int reserved[4];
};

/// Every function: the type of its result, its name, its parameters.
#define CAJAL_CUDA_BLAS_FUNCTIONS(function) \
  function(size_t, cublasLtGetVersion, (void)) \
  function(const char *, cublasLtGetStatusString, (cajal_blas_status)) \
  function(cajal_blas_status, cublasLtCreate, (cajal_blas_handle *handle)) \
  function(cajal_blas_status, cublasLtDestroy, (cajal_blas_handle)) \
  function( \
      cajal_blas_status, cublasLtMatmulDescCreate, \
      (cajal_blas_operation *operation, int compute_type, int scale_type)) \
  function(cajal_blas_status, cublasLtMatmulDescDestroy, (cajal_blas_operation)) \
  function( \
      cajal_blas_status, cublasLtMatmulDescSetAttribute, \
      (cajal_blas_operation, int attribute, const void *value, size_t bytes)) \
  function( \
      cajal_blas_status, cublasLtMatrixLayoutCreate, \
      (cajal_blas_layout *layout, int type, uint64_t rows, uint64_t columns, int64_t stride)) \
  function(cajal_blas_status, cublasLtMatrixLayoutDestroy, (cajal_blas_layout)) \
  function( \
      cajal_blas_status, cublasLtMatrixLayoutSetAttribute, \
      (cajal_blas_layout, int attribute, const void *value, size_t bytes)) \
  function(cajal_blas_status, cublasLtMatmulPreferenceCreate, (cajal_blas_preference *preference)) \
  function(cajal_blas_status, cublasLtMatmulPreferenceDestroy, (cajal_blas_preference)) \
  function( \
      cajal_blas_status, cublasLtMatmulPreferenceSetAttribute, \
      (cajal_blas_preference, int attribute, const void *value, size_t bytes)) \
  function( \
      cajal_blas_status, cublasLtMatmulAlgoGetHeuristic, \
      (cajal_blas_handle, cajal_blas_operation, cajal_blas_layout a, cajal_blas_layout b, \
       cajal_blas_layout c, cajal_blas_layout d, cajal_blas_preference, int wanted, \
       struct cajal_blas_heuristic *found, int *count)) \
  function( \
      cajal_blas_status, cublasLtMatmul, \
      (cajal_blas_handle, cajal_blas_operation, const void *alpha, cajal_cuda_address a, \
       cajal_blas_layout a_layout, cajal_cuda_address b, cajal_blas_layout b_layout, \
       const void *beta, cajal_cuda_address c, cajal_blas_layout c_layout, cajal_cuda_address d, \
       cajal_blas_layout d_layout, const struct cajal_blas_algorithm *algorithm, \
       cajal_cuda_address workspace, size_t workspace_bytes, cajal_cuda_stream))

#define CAJAL_CUDA_BLAS_FIELD(result, name, parameters) result(*name) parameters;

/// The library's functions; loaded from a library or those of the emulator.
struct cajal_cuda_blas {
  CAJAL_CUDA_BLAS_FUNCTIONS(CAJAL_CUDA_BLAS_FIELD)
};

/// Fills the table from a library that `dlopen` opened. Returns the name of the first symbol that
/// the library lacks, else NULL.
const char *cajal_cuda_load_blas(void *library, struct cajal_cuda_blas *table);
