// The functions of the driver; see NVIDIA's documentation of those they are assigned to.
#pragma once

#include "cuda_emulator.h"

namespace cuda_emulator::driver {

int memory_info(std::size_t *free_bytes, std::size_t *total_bytes);
int allocate(cajal_cuda_address *address, std::size_t bytes);
int free_memory(cajal_cuda_address address);
int allocate_pinned(void **memory, std::size_t bytes, unsigned);
int free_pinned(void *memory);
int upload(cajal_cuda_address to, const void *from, std::size_t bytes, cajal_cuda_stream handle);
int download(void *to, cajal_cuda_address from, std::size_t bytes, cajal_cuda_stream handle);
int copy(
     cajal_cuda_address to, cajal_cuda_address from, std::size_t bytes, cajal_cuda_stream
    handle);
int set_bytes(
     cajal_cuda_address to, unsigned char value, std::size_t bytes, cajal_cuda_stream handle);
int create_stream(cajal_cuda_stream *result, unsigned);
int destroy_stream(cajal_cuda_stream handle);
int synchronize_stream(cajal_cuda_stream handle);
int create_event(cajal_cuda_event *event, unsigned);
int destroy_event(cajal_cuda_event event);
int record_event(cajal_cuda_event event, cajal_cuda_stream handle);
int wait_for_event(cajal_cuda_stream handle, cajal_cuda_event event, unsigned);
int query_event(cajal_cuda_event event);
int synchronize_event(cajal_cuda_event event);
int elapsed_time(float *milliseconds, cajal_cuda_event start, cajal_cuda_event end);
int load_module(cajal_cuda_module *module, const void *image);
int unload_module(cajal_cuda_module module);
int module_function(cajal_cuda_function *function, cajal_cuda_module module, const char *name);
int set_function_attribute(cajal_cuda_function function, int attribute, int value);
int launch(
     cajal_cuda_function function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned
    block_x, unsigned block_y, unsigned block_z, unsigned shared_bytes, cajal_cuda_stream
    handle, void **arguments, void **);
int create_graph(cajal_cuda_graph *graph, unsigned);
int destroy_graph(cajal_cuda_graph graph);
int add_node(
    cajal_cuda_node *node, cajal_cuda_graph graph, const cajal_cuda_node *before,
    std::size_t before_count, const cajal_cuda_kernel_node *launch);
int instantiate_graph(cajal_cuda_executable *executable, cajal_cuda_graph graph, unsigned long long);
int set_node(
    cajal_cuda_executable executable, cajal_cuda_node node, const cajal_cuda_kernel_node *launch);
int launch_graph(cajal_cuda_executable executable, cajal_cuda_stream handle);
int destroy_executable(cajal_cuda_executable executable);

}  // namespace cuda_emulator::driver
