// The part of the CUDA driver API that Cajal calls, declared here so that no NVIDIA header is
// needed. Names, values and layouts are those of NVIDIA's cuda.h (CUDA 12 and 13, 64-bit).
#pragma once

#include <stddef.h>

/// 0 is success; see the driver's `cuGetErrorName` for the others.
typedef int cajal_cuda_result;
/// An address in a device's memory.
typedef unsigned long long cajal_cuda_address;

typedef struct cajal_cuda_context_object *cajal_cuda_context;
typedef struct cajal_cuda_module_object *cajal_cuda_module;
typedef struct cajal_cuda_function_object *cajal_cuda_function;
typedef struct cajal_cuda_stream_object *cajal_cuda_stream;
typedef struct cajal_cuda_event_object *cajal_cuda_event;
typedef struct cajal_cuda_graph_object *cajal_cuda_graph;
typedef struct cajal_cuda_node_object *cajal_cuda_node;
typedef struct cajal_cuda_executable_object *cajal_cuda_executable;

/// A kernel's launch in a graph: CUDA_KERNEL_NODE_PARAMS of CUDA 12.
typedef struct {
  cajal_cuda_function function;
  unsigned grid_x, grid_y, grid_z, block_x, block_y, block_z, shared_bytes;
  void **arguments, **extra;
  /// Not used with a function.
  void *kernel;
  cajal_cuda_context context;
} cajal_cuda_kernel_node;

/// Results that callers tell apart.
enum {
  cajal_cuda_success = 0,
  cajal_cuda_invalid_value = 1,
  cajal_cuda_out_of_memory = 2,
  cajal_cuda_no_device = 100,
  cajal_cuda_invalid_device = 101,
  cajal_cuda_invalid_image = 200,
  cajal_cuda_invalid_context = 201,
  cajal_cuda_invalid_handle = 400,
  cajal_cuda_not_found = 500,
  cajal_cuda_not_ready = 600,
};

/// Attributes of a device and of a function, flags of streams and events.
enum {
  cajal_cuda_multiprocessor_count = 16,
  cajal_cuda_compute_capability_major = 75,
  cajal_cuda_compute_capability_minor = 76,
  cajal_cuda_max_shared_bytes_per_block_optin = 97,
  cajal_cuda_function_max_dynamic_shared_bytes = 8,
  cajal_cuda_stream_non_blocking = 1,
  cajal_cuda_event_disable_timing = 2,
};

/// Every function: its field in the table, its symbol in the library, its parameters.
#define CAJAL_CUDA_DRIVER_FUNCTIONS(function) \
  function(cuInit, cuInit, (unsigned flags)) \
  function(cuDriverGetVersion, cuDriverGetVersion, (int *version)) \
  function(cuGetErrorName, cuGetErrorName, (cajal_cuda_result, const char **name)) \
  function(cuGetErrorString, cuGetErrorString, (cajal_cuda_result, const char **text)) \
  function(cuDeviceGetCount, cuDeviceGetCount, (int *count)) \
  function(cuDeviceGet, cuDeviceGet, (int *device, int ordinal)) \
  function(cuDeviceGetName, cuDeviceGetName, (char *name, int size, int device)) \
  function(cuDeviceTotalMem, cuDeviceTotalMem_v2, (size_t *bytes, int device)) \
  function(cuDeviceGetAttribute, cuDeviceGetAttribute, (int *value, int attribute, int device)) \
  function( \
      cuDevicePrimaryCtxRetain, cuDevicePrimaryCtxRetain, \
      (cajal_cuda_context *context, int device)) \
  function(cuDevicePrimaryCtxRelease, cuDevicePrimaryCtxRelease_v2, (int device)) \
  function(cuCtxSetCurrent, cuCtxSetCurrent, (cajal_cuda_context)) \
  function(cuMemGetInfo, cuMemGetInfo_v2, (size_t *free_bytes, size_t *total_bytes)) \
  function(cuMemAlloc, cuMemAlloc_v2, (cajal_cuda_address *address, size_t bytes)) \
  function(cuMemFree, cuMemFree_v2, (cajal_cuda_address address)) \
  function(cuMemHostAlloc, cuMemHostAlloc, (void **memory, size_t bytes, unsigned flags)) \
  function(cuMemFreeHost, cuMemFreeHost, (void *memory)) \
  function( \
      cuMemcpyHtoDAsync, cuMemcpyHtoDAsync_v2, \
      (cajal_cuda_address to, const void *from, size_t bytes, cajal_cuda_stream)) \
  function( \
      cuMemcpyDtoHAsync, cuMemcpyDtoHAsync_v2, \
      (void *to, cajal_cuda_address from, size_t bytes, cajal_cuda_stream)) \
  function( \
      cuMemcpyDtoDAsync, cuMemcpyDtoDAsync_v2, \
      (cajal_cuda_address to, cajal_cuda_address from, size_t bytes, cajal_cuda_stream)) \
  function( \
      cuMemsetD8Async, cuMemsetD8Async, \
      (cajal_cuda_address to, unsigned char value, size_t bytes, cajal_cuda_stream)) \
  function(cuStreamCreate, cuStreamCreate, (cajal_cuda_stream *stream, unsigned flags)) \
  function(cuStreamDestroy, cuStreamDestroy_v2, (cajal_cuda_stream)) \
  function(cuStreamSynchronize, cuStreamSynchronize, (cajal_cuda_stream)) \
  function( \
      cuStreamWaitEvent, cuStreamWaitEvent, (cajal_cuda_stream, cajal_cuda_event, unsigned flags)) \
  function(cuEventCreate, cuEventCreate, (cajal_cuda_event *event, unsigned flags)) \
  function(cuEventDestroy, cuEventDestroy_v2, (cajal_cuda_event)) \
  function(cuEventRecord, cuEventRecord, (cajal_cuda_event, cajal_cuda_stream)) \
  function(cuEventQuery, cuEventQuery, (cajal_cuda_event)) \
  function(cuEventSynchronize, cuEventSynchronize, (cajal_cuda_event)) \
  function( \
      cuEventElapsedTime, cuEventElapsedTime, \
      (float *milliseconds, cajal_cuda_event start, cajal_cuda_event end)) \
  function(cuModuleLoadData, cuModuleLoadData, (cajal_cuda_module *module, const void *image)) \
  function(cuModuleUnload, cuModuleUnload, (cajal_cuda_module)) \
  function( \
      cuModuleGetFunction, cuModuleGetFunction, \
      (cajal_cuda_function *function, cajal_cuda_module, const char *name)) \
  function( \
      cuFuncSetAttribute, cuFuncSetAttribute, (cajal_cuda_function, int attribute, int value)) \
  function( \
      cuLaunchKernel, cuLaunchKernel, \
      (cajal_cuda_function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x, \
       unsigned block_y, unsigned block_z, unsigned shared_bytes, cajal_cuda_stream, \
       void **arguments, void **extra)) \
  function(cuGraphCreate, cuGraphCreate, (cajal_cuda_graph *graph, unsigned flags)) \
  function(cuGraphDestroy, cuGraphDestroy, (cajal_cuda_graph)) \
  function( \
      cuGraphAddKernelNode, cuGraphAddKernelNode_v2, \
      (cajal_cuda_node *node, cajal_cuda_graph, const cajal_cuda_node *before, \
       size_t before_count, const cajal_cuda_kernel_node *launch)) \
  function( \
      cuGraphInstantiate, cuGraphInstantiateWithFlags, \
      (cajal_cuda_executable *executable, cajal_cuda_graph, unsigned long long flags)) \
  function( \
      cuGraphExecKernelNodeSetParams, cuGraphExecKernelNodeSetParams_v2, \
      (cajal_cuda_executable, cajal_cuda_node, const cajal_cuda_kernel_node *launch)) \
  function(cuGraphLaunch, cuGraphLaunch, (cajal_cuda_executable, cajal_cuda_stream)) \
  function(cuGraphExecDestroy, cuGraphExecDestroy, (cajal_cuda_executable))

#define CAJAL_CUDA_FIELD(field, symbol, parameters) cajal_cuda_result(*field) parameters;

/// The driver's functions; loaded from a library or those of the emulator.
struct cajal_cuda_driver {
  CAJAL_CUDA_DRIVER_FUNCTIONS(CAJAL_CUDA_FIELD)
};

/// Fills the table from a library that `dlopen` opened. Returns the name of the first symbol that
/// the library lacks, else NULL.
const char *cajal_cuda_load_driver(void *library, struct cajal_cuda_driver *table);
