// What the emulator's compiler makes and its driver loads: a text that names the kernels.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "kernel_table.h"

struct cajal_cuda_function_object {
  std::string name;
  const cuda_emulator::Binder *kernel;
  /// The most threads that a block may have.
  unsigned long long threads;
  std::size_t dynamic_shared_bytes = 48 << 10;
};

struct cajal_cuda_module_object {
  /// The names of kernels, and the threads that their launch bounds allow.
  std::map<std::string, unsigned long long> kernels;
};

namespace cuda_emulator {
/// Begins every image.
inline const std::string image_header = "emulated cubin\n";
/// Ends every image.
inline const std::string image_end = "end\n";
}  // namespace cuda_emulator
