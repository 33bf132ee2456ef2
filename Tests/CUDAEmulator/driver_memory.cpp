#include <cstdlib>
#include <cstring>

#include "current.h"
#include "driver_functions.h"

namespace cuda_emulator::driver {

/// Memory that the host shares with the device.
template <typename T>
static T *pointer(cajal_cuda_address address) {
  return reinterpret_cast<T *>(address);
}

/// Has a stream do work, and the current device note what that moves.
static void add(Stream &stream, const Movement &movement, std::function<void()> work) {
  stream.add([movement, work = std::move(work), device = current] {
    work();
    device->add(movement.operation, movement.traffic);
  });
}

int memory_info(std::size_t *free_bytes, std::size_t *total_bytes) {
  NEEDS_CONTEXT;
  std::lock_guard guard(current->mutex);
  *total_bytes = current->total_bytes;
  *free_bytes = current->total_bytes - (std::size_t)current->counts.bytes_held;
  return cajal_cuda_success;
}

int allocate(cajal_cuda_address *address, std::size_t bytes) {
  NEEDS_CONTEXT;
  if (bytes == 0) return cajal_cuda_invalid_value;
  *address = current->allocate(bytes);
  return *address == 0 ? cajal_cuda_out_of_memory : cajal_cuda_success;
}

int free_memory(cajal_cuda_address address) {
  NEEDS_CONTEXT;
  return current->free(address) ? cajal_cuda_success : cajal_cuda_invalid_value;
}

int allocate_pinned(void **memory, std::size_t bytes, unsigned) {
  NEEDS_CONTEXT;
  *memory = std::malloc(bytes);
  if (*memory == nullptr) return cajal_cuda_out_of_memory;
  std::lock_guard guard(current->mutex);
  current->pinned_memory[reinterpret_cast<cajal_cuda_address>(*memory)] = bytes;
  return cajal_cuda_success;
}

int free_pinned(void *memory) {
  NEEDS_CONTEXT;
  current->wait();
  std::lock_guard guard(current->mutex);
  auto erased = current->pinned_memory.erase(reinterpret_cast<cajal_cuda_address>(memory));
  if (erased == 0) return cajal_cuda_invalid_value;
  std::free(memory);
  return cajal_cuda_success;
}

int upload(cajal_cuda_address to, const void *from, std::size_t bytes, cajal_cuda_stream handle) {
  FIND_STREAM(stream, handle);
  if (!current->contains(to, bytes)) return cajal_cuda_invalid_value;
  count([&](auto &counts) { counts.bytes_uploaded += (long long)bytes; });
  Movement movement = {"cuMemcpyHtoDAsync", {0, sector_bytes(to, bytes)}};
  if (current->is_pinned(from, bytes)) {
    add(*stream, movement, [=] { std::memcpy(pointer<void>(to), from, bytes); });
  } else {
    // The driver copies memory that may move before it returns.
    auto first = static_cast<const char *>(from);
    add(*stream, movement, [to, copy = std::vector<char>(first, first + bytes)] {
      std::memcpy(pointer<void>(to), copy.data(), copy.size());
    });
  }
  return cajal_cuda_success;
}

int download(void *to, cajal_cuda_address from, std::size_t bytes, cajal_cuda_stream handle) {
  FIND_STREAM(stream, handle);
  if (!current->contains(from, bytes)) return cajal_cuda_invalid_value;
  count([&](auto &counts) { counts.bytes_downloaded += (long long)bytes; });
  add(*stream, {"cuMemcpyDtoHAsync", {sector_bytes(from, bytes), 0}},
      [=] { std::memcpy(to, pointer<void>(from), bytes); });
  if (!current->is_pinned(to, bytes)) stream->wait();
  return cajal_cuda_success;
}

int copy(
    cajal_cuda_address to, cajal_cuda_address from, std::size_t bytes, cajal_cuda_stream handle) {
  FIND_STREAM(stream, handle);
  if (!current->contains(from, bytes) || !current->contains(to, bytes)) {
    return cajal_cuda_invalid_value;
  }
  count([&](auto &counts) { counts.bytes_copied += (long long)bytes; });
  add(*stream, {"cuMemcpyDtoDAsync", {sector_bytes(from, bytes), sector_bytes(to, bytes)}},
      [=] { std::memcpy(pointer<void>(to), pointer<void>(from), bytes); });
  return cajal_cuda_success;
}

int set_bytes(
    cajal_cuda_address to, unsigned char value, std::size_t bytes, cajal_cuda_stream handle) {
  FIND_STREAM(stream, handle);
  if (!current->contains(to, bytes)) return cajal_cuda_invalid_value;
  count([&](auto &counts) { counts.bytes_set += (long long)bytes; });
  add(*stream, {"cuMemsetD8Async", {0, sector_bytes(to, bytes)}},
      [=] { std::memset(pointer<void>(to), value, bytes); });
  return cajal_cuda_success;
}

}  // namespace cuda_emulator::driver
