// The devices of the emulator and their memory.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "barriers.h"
#include "block.h"
#include "stream.h"
#include "traffic.h"

/// A device's only context.
struct cajal_cuda_context_object {
  cajal_cuda_context_object(int ordinal, std::size_t bytes, cuda_emulator_order order)
      : ordinal(ordinal), total_bytes(bytes), order(order) {}

  const int ordinal;
  const std::size_t total_bytes;
  const cuda_emulator_order order;

  std::mutex mutex;
  cuda_emulator_counts counts = {};
  std::vector<std::string> launches;
  /// What has been done, in order, at places that stay.
  std::deque<cuda_emulator::Movement> movements;
  /// Allocations of the device and pinned ones of the host, by address.
  std::map<cajal_cuda_address, std::size_t> device_memory, pinned_memory;
  std::set<std::shared_ptr<cuda_emulator::Stream>> streams;
  cuda_emulator::DeviceBarriers barriers;
  /// Whether no algorithm is found for matrix products.
  bool hides_algorithms = false;

  /// Memory that is NaN, or 0 where the device has no more.
  cajal_cuda_address allocate(std::size_t bytes);
  /// Poisons and frees memory after all work of the device. False where it is none.
  bool free(cajal_cuda_address);
  /// Waits for all work of all streams.
  void wait();
  /// Whether these bytes are of one allocation of the device.
  bool contains(cajal_cuda_address, std::size_t bytes);
  /// Whether these bytes are of one pinned allocation.
  bool is_pinned(const void *, std::size_t bytes);
  /// Notes what an operation that is done has moved.
  void add(const std::string &operation, cuda_emulator::Traffic);
  /// What a launch has moved of this device's memory.
  cuda_emulator::Traffic traffic(const cuda_emulator::TouchedSectors &);
  /// The owner of a stream, or null where it is none of this device.
  std::shared_ptr<cuda_emulator::Stream> find(cajal_cuda_stream);
};

namespace cuda_emulator {

using Device = cajal_cuda_context_object;

/// The device of an ordinal, or null.
Device *device(int ordinal);
/// The number of devices.
int device_count();

}  // namespace cuda_emulator
