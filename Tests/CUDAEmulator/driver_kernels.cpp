#include <memory>
#include <optional>
#include <vector>

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

/// What a launch would execute, or none where a device would refuse it.
static std::optional<Launch> bound(const cajal_cuda_kernel_node &node) {
  auto *function = node.function;
  auto threads = (unsigned long long)node.block_x * node.block_y * node.block_z;
  if (threads == 0 || threads > function->threads || node.block_z > 64 || node.grid_x == 0
    || node.grid_x > 0x7fffffff || node.grid_y == 0 || node.grid_y > 65535 || node.grid_z == 0
    || node.grid_z > 65535 || node.shared_bytes > function->dynamic_shared_bytes) {
    return std::nullopt;
  }
  return Launch{
    function->name,
    (*function->kernel)(node.arguments),
    {node.grid_x, node.grid_y, node.grid_z},
    {node.block_x, node.block_y, node.block_z},
    node.shared_bytes,
    current->order,
    current->barriers.left_out(),
  };
}

/// Has a stream execute a launch.
static void submit(Launch launch, Stream &stream) {
  {
    std::lock_guard guard(current->mutex);
    current->counts.launches++;
    current->launches.push_back(launch.kernel);
  }
  stream.add([launch = std::move(launch), device = current] {
    Outcome outcome = cuda_emulator::execute(launch);
    device->barriers.add(outcome.barriers);
    device->add(launch.kernel, device->traffic(outcome.sectors));
    std::lock_guard guard(device->mutex);
    device->counts.stops += outcome.stopped;
  });
}

int launch(
    cajal_cuda_function function, unsigned grid_x, unsigned grid_y, unsigned grid_z,
    unsigned block_x, unsigned block_y, unsigned block_z, unsigned shared_bytes,
    cajal_cuda_stream handle, void **arguments, void **) {
  FIND_STREAM(stream, handle);
  auto launch = bound(
      {function, grid_x, grid_y, grid_z, block_x, block_y, block_z, shared_bytes, arguments,
       nullptr, nullptr, nullptr});
  if (!launch) return cajal_cuda_invalid_value;
  submit(std::move(*launch), *stream);
  return cajal_cuda_success;
}

}  // namespace cuda_emulator::driver

// Graphs of launches, each of which waits for the one before.

/// A place in a graph.
struct cajal_cuda_node_object {
  cajal_cuda_graph graph;
  std::size_t place;
};

struct cajal_cuda_graph_object {
  std::vector<std::unique_ptr<cajal_cuda_node_object>> nodes;
  std::vector<cuda_emulator::Launch> launches;
};

struct cajal_cuda_executable_object {
  cajal_cuda_graph graph;
  std::vector<cuda_emulator::Launch> launches;
};

namespace cuda_emulator::driver {

int create_graph(cajal_cuda_graph *graph, unsigned) {
  NEEDS_CONTEXT;
  *graph = new cajal_cuda_graph_object();
  return cajal_cuda_success;
}

int destroy_graph(cajal_cuda_graph graph) {
  delete graph;
  return cajal_cuda_success;
}

int add_node(
    cajal_cuda_node *node, cajal_cuda_graph graph, const cajal_cuda_node *before,
    std::size_t before_count, const cajal_cuda_kernel_node *launch) {
  NEEDS_CONTEXT;
  bool follows = graph->nodes.empty()
      ? before_count == 0
      : before_count == 1 && *before == graph->nodes.back().get();
  auto made = bound(*launch);
  if (!follows || !made) return cajal_cuda_invalid_value;
  graph->nodes.emplace_back(new cajal_cuda_node_object{graph, graph->nodes.size()});
  graph->launches.push_back(std::move(*made));
  *node = graph->nodes.back().get();
  return cajal_cuda_success;
}

int instantiate_graph(
    cajal_cuda_executable *executable, cajal_cuda_graph graph, unsigned long long) {
  NEEDS_CONTEXT;
  *executable = new cajal_cuda_executable_object{graph, graph->launches};
  return cajal_cuda_success;
}

int set_node(
    cajal_cuda_executable executable, cajal_cuda_node node, const cajal_cuda_kernel_node *launch) {
  NEEDS_CONTEXT;
  auto made = bound(*launch);
  if (node->graph != executable->graph || !made) return cajal_cuda_invalid_value;
  // A node keeps its function.
  if (made->kernel != executable->launches[node->place].kernel) return cajal_cuda_invalid_value;
  executable->launches[node->place] = std::move(*made);
  count([](auto &counts) { counts.graph_changes++; });
  return cajal_cuda_success;
}

int launch_graph(cajal_cuda_executable executable, cajal_cuda_stream handle) {
  FIND_STREAM(stream, handle);
  count([](auto &counts) { counts.graphs++; });
  for (Launch launch : executable->launches) {
    launch.left_out = current->barriers.left_out();
    submit(std::move(launch), *stream);
  }
  return cajal_cuda_success;
}

int destroy_executable(cajal_cuda_executable executable) {
  delete executable;
  return cajal_cuda_success;
}

}  // namespace cuda_emulator::driver
