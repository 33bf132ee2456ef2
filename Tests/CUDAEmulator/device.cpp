#include "device.h"

#include <cstdlib>
#include <cstring>

using cuda_emulator::Device;

// As on a device. The size is not rounded, so that the address sanitizer sees the end.
static constexpr std::size_t alignment = 256;

cajal_cuda_address Device::allocate(std::size_t bytes) {
  std::lock_guard guard(mutex);
  if ((std::size_t)counts.bytes_held + bytes > total_bytes) return 0;
  void *memory = nullptr;
  if (posix_memalign(&memory, alignment, bytes) != 0) return 0;
  std::memset(memory, 0xff, bytes);
  auto address = reinterpret_cast<cajal_cuda_address>(memory);
  device_memory[address] = bytes;
  counts.allocations++;
  counts.bytes_held += (long long)bytes;
  return address;
}

bool Device::free(cajal_cuda_address address) {
  wait();
  std::lock_guard guard(mutex);
  auto found = device_memory.find(address);
  if (found == device_memory.end()) return false;
  void *memory = reinterpret_cast<void *>(address);
  std::memset(memory, 0xff, found->second);
  std::free(memory);
  counts.bytes_held -= (long long)found->second;
  device_memory.erase(found);
  return true;
}

void Device::wait() {
  std::set<std::shared_ptr<cuda_emulator::Stream>> all;
  {
    std::lock_guard guard(mutex);
    all = streams;
  }
  for (const auto &stream : all) stream->wait();
}

/// Whether bytes are of one allocation of a table.
static bool lies_in(
    const std::map<cajal_cuda_address, std::size_t> &table, cajal_cuda_address address,
    std::size_t bytes) {
  auto next = table.upper_bound(address);
  if (next == table.begin()) return false;
  auto found = std::prev(next);
  return address - found->first + bytes <= found->second;
}

bool Device::contains(cajal_cuda_address address, std::size_t bytes) {
  std::lock_guard guard(mutex);
  return lies_in(device_memory, address, bytes);
}

bool Device::is_pinned(const void *memory, std::size_t bytes) {
  std::lock_guard guard(mutex);
  return lies_in(pinned_memory, reinterpret_cast<cajal_cuda_address>(memory), bytes);
}

std::shared_ptr<cuda_emulator::Stream> Device::find(cajal_cuda_stream stream) {
  std::lock_guard guard(mutex);
  for (const auto &known : streams) {
    if (known.get() == stream) return known;
  }
  return nullptr;
}

void Device::add(const std::string &operation, cuda_emulator::Traffic traffic) {
  std::lock_guard guard(mutex);
  movements.push_back({operation, traffic});
}

cuda_emulator::Traffic Device::traffic(const cuda_emulator::TouchedSectors &sectors) {
  cuda_emulator::Traffic result;
  std::lock_guard guard(mutex);
  for (auto [address, bytes] : device_memory) sectors.add_to(result, address, bytes);
  return result;
}

namespace cuda_emulator {

namespace {

struct Devices {
  std::mutex mutex;
  std::vector<std::unique_ptr<Device>> all;

  Devices() {
    add(std::size_t(2) << 30, cuda_emulator_ascending);
    add(std::size_t(2) << 30, cuda_emulator_descending);
  }

  int add(std::size_t bytes, cuda_emulator_order order) {
    std::lock_guard guard(mutex);
    int ordinal = (int)all.size();
    all.push_back(std::make_unique<Device>(ordinal, bytes, order));
    return ordinal;
  }
};

/// The machine's devices, which last as long as the process: threads of streams use them at its
/// end.
Devices &devices() {
  static Devices *devices = new Devices();
  return *devices;
}

}  // namespace

Device *device(int ordinal) {
  std::lock_guard guard(devices().mutex);
  return ordinal >= 0 && (std::size_t)ordinal < devices().all.size()
    ? devices().all[(std::size_t)ordinal].get()
    : nullptr;
}

int device_count() {
  std::lock_guard guard(devices().mutex);
  return (int)devices().all.size();
}

}  // namespace cuda_emulator

int cuda_emulator_add_device(size_t memory_bytes, enum cuda_emulator_order order) {
  return cuda_emulator::devices().add(memory_bytes, order);
}

struct cuda_emulator_counts cuda_emulator_counts_of(int ordinal) {
  Device *device = cuda_emulator::device(ordinal);
  std::lock_guard guard(device->mutex);
  return device->counts;
}

const char *cuda_emulator_launch_name(int ordinal, long long index) {
  Device *device = cuda_emulator::device(ordinal);
  std::lock_guard guard(device->mutex);
  if (index < 0 || (std::size_t)index >= device->launches.size()) return nullptr;
  return device->launches[(std::size_t)index].c_str();
}

struct cuda_emulator_movement cuda_emulator_movement_of(int ordinal, long long index) {
  Device *device = cuda_emulator::device(ordinal);
  std::lock_guard guard(device->mutex);
  if (index < 0 || (std::size_t)index >= device->movements.size()) return {nullptr, 0, 0};
  const auto &movement = device->movements[(std::size_t)index];
  return {
    movement.operation.c_str(), movement.traffic.bytes_read, movement.traffic.bytes_written};
}
