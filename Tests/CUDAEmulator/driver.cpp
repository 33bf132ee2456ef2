#include <cstring>

#include "current.h"
#include "driver_functions.h"

namespace cuda_emulator {

thread_local Device *current = nullptr;

namespace driver {

static int initialize(unsigned) { return cajal_cuda_success; }

static int driver_version(int *version) {
  *version = 13000;
  return cajal_cuda_success;
}

static int error_name(cajal_cuda_result result, const char **name) {
  *name = result == cajal_cuda_out_of_memory ? "CUDA_ERROR_OUT_OF_MEMORY"
    : result == cajal_cuda_invalid_image     ? "CUDA_ERROR_INVALID_IMAGE"
                                             : "CUDA_ERROR_OF_THE_EMULATOR";
  return cajal_cuda_success;
}

static int error_string(cajal_cuda_result, const char **text) {
  *text = "an error that the emulator returned";
  return cajal_cuda_success;
}

static int device_count(int *result) {
  *result = cuda_emulator::device_count();
  return cajal_cuda_success;
}

static int device(int *device, int ordinal) {
  if (cuda_emulator::device(ordinal) == nullptr) return cajal_cuda_invalid_device;
  *device = ordinal;
  return cajal_cuda_success;
}

static int device_name(char *name, int size, int) {
  std::strncpy(name, "Emulated GPU", (std::size_t)size);
  return cajal_cuda_success;
}

static int total_memory(std::size_t *bytes, int device) {
  *bytes = cuda_emulator::device(device)->total_bytes;
  return cajal_cuda_success;
}

static int device_attribute(int *value, int attribute, int) {
  switch (attribute) {
    case cajal_cuda_multiprocessor_count: *value = 4; break;
    case cajal_cuda_compute_capability_major: *value = 9; break;
    case cajal_cuda_compute_capability_minor: *value = 0; break;
    case cajal_cuda_max_shared_bytes_per_block_optin: *value = 227 << 10; break;
    default: return cajal_cuda_invalid_value;
  }
  return cajal_cuda_success;
}

static int retain_context(cajal_cuda_context *context, int device) {
  *context = cuda_emulator::device(device);
  return *context == nullptr ? cajal_cuda_invalid_device : cajal_cuda_success;
}

static int release_context(int) { return cajal_cuda_success; }

static int set_current(cajal_cuda_context context) {
  current = context;
  return cajal_cuda_success;
}

}  // namespace driver
}  // namespace cuda_emulator

struct cajal_cuda_driver cuda_emulator_driver(void) {
  using namespace cuda_emulator::driver;
  cajal_cuda_driver table = {};
  table.cuInit = initialize;
  table.cuDriverGetVersion = driver_version;
  table.cuGetErrorName = error_name;
  table.cuGetErrorString = error_string;
  table.cuDeviceGetCount = device_count;
  table.cuDeviceGet = device;
  table.cuDeviceGetName = device_name;
  table.cuDeviceTotalMem = total_memory;
  table.cuDeviceGetAttribute = device_attribute;
  table.cuDevicePrimaryCtxRetain = retain_context;
  table.cuDevicePrimaryCtxRelease = release_context;
  table.cuCtxSetCurrent = set_current;
  table.cuMemGetInfo = memory_info;
  table.cuMemAlloc = allocate;
  table.cuMemFree = free_memory;
  table.cuMemHostAlloc = allocate_pinned;
  table.cuMemFreeHost = free_pinned;
  table.cuMemcpyHtoDAsync = upload;
  table.cuMemcpyDtoHAsync = download;
  table.cuMemcpyDtoDAsync = copy;
  table.cuMemsetD8Async = set_bytes;
  table.cuStreamCreate = create_stream;
  table.cuStreamDestroy = destroy_stream;
  table.cuStreamSynchronize = synchronize_stream;
  table.cuStreamWaitEvent = wait_for_event;
  table.cuEventCreate = create_event;
  table.cuEventDestroy = destroy_event;
  table.cuEventRecord = record_event;
  table.cuEventQuery = query_event;
  table.cuEventSynchronize = synchronize_event;
  table.cuEventElapsedTime = elapsed_time;
  table.cuModuleLoadData = load_module;
  table.cuModuleUnload = unload_module;
  table.cuModuleGetFunction = module_function;
  table.cuFuncSetAttribute = set_function_attribute;
  table.cuLaunchKernel = launch;
  table.cuGraphCreate = create_graph;
  table.cuGraphDestroy = destroy_graph;
  table.cuGraphAddKernelNode = add_node;
  table.cuGraphInstantiate = instantiate_graph;
  table.cuGraphExecKernelNodeSetParams = set_node;
  table.cuGraphLaunch = launch_graph;
  table.cuGraphExecDestroy = destroy_executable;
  return table;
}
