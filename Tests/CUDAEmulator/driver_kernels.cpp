#include "current.h"
#include "driver_functions.h"
#include "module.h"

namespace cuda_emulator::driver {

int load_module(cajal_cuda_module *module, const void *image) {
  NEEDS_CONTEXT;
  std::string text = static_cast<const char *>(image);
  const auto &header = cuda_emulator::image_header, &end = cuda_emulator::image_end;
  if (text.size() < header.size() + end.size() || text.compare(0, header.size(), header) != 0
      || text.compare(text.size() - end.size(), end.size(), end) != 0) {
    return cajal_cuda_invalid_image;
  }
  auto loaded = new cajal_cuda_module_object();
  std::size_t position = header.size(), last = text.size() - end.size();
  while (position < last) {
    std::size_t line = text.find('\n', position), space = text.find(' ', position);
    if (space > line) {
      delete loaded;
      return cajal_cuda_invalid_image;
    }
    loaded->kernels[text.substr(position, space - position)] =
        std::stoull(text.substr(space + 1, line - space));
    position = line + 1;
  }
  *module = loaded;
  return cajal_cuda_success;
}

int unload_module(cajal_cuda_module module) {
  delete module;
  return cajal_cuda_success;
}

int module_function(cajal_cuda_function *function, cajal_cuda_module module, const char *name) {
  const auto *kernel = cuda_emulator::find_kernel(name);
  auto entry = module->kernels.find(name);
  if (entry == module->kernels.end() || kernel == nullptr) return cajal_cuda_not_found;
  // Functions last as long as the process, as there are few.
  *function = new cajal_cuda_function_object{name, kernel, entry->second};
  return cajal_cuda_success;
}

int set_function_attribute(cajal_cuda_function function, int attribute, int value) {
  if (attribute != cajal_cuda_function_max_dynamic_shared_bytes || value > 227 << 10) {
    return cajal_cuda_invalid_value;
  }
  function->dynamic_shared_bytes = (std::size_t)value;
  return cajal_cuda_success;
}

int launch(
    cajal_cuda_function function, unsigned grid_x, unsigned grid_y, unsigned grid_z,
    unsigned block_x, unsigned block_y, unsigned block_z, unsigned shared_bytes,
    cajal_cuda_stream handle, void **arguments, void **) {
  FIND_STREAM(stream, handle);
  auto threads = (unsigned long long)block_x * block_y * block_z;
  if (threads == 0 || threads > function->threads || block_z > 64 || grid_x == 0
    || grid_x > 0x7fffffff || grid_y == 0 || grid_y > 65535 || grid_z == 0 || grid_z > 65535
    || shared_bytes > function->dynamic_shared_bytes) {
    return cajal_cuda_invalid_value;
  }
  Launch launch = {
    function->name,
    (*function->kernel)(arguments),
    {grid_x, grid_y, grid_z},
    {block_x, block_y, block_z},
    shared_bytes,
    current->order,
    current->barriers.left_out(),
  };
  {
    std::lock_guard guard(current->mutex);
    current->counts.launches++;
    current->launches.push_back(function->name);
  }
  stream->add([launch = std::move(launch), device = current] {
    Outcome outcome = cuda_emulator::execute(launch);
    device->barriers.add(outcome.barriers);
    std::lock_guard guard(device->mutex);
    device->counts.stops += outcome.stopped;
  });
  return cajal_cuda_success;
}

}  // namespace cuda_emulator::driver
