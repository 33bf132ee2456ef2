#include "barriers.h"

#include <cstring>
#include <iterator>

#include "device.h"

namespace cuda_emulator {

static std::string file_name(const char *path) {
  const char *slash = std::strrchr(path, '/');
  return slash == nullptr ? path : slash + 1;
}

void ReachedBarriers::begin(const Barrier &next) {
  left_out = next;
  calls.clear();
  last = 0;
}

bool ReachedBarriers::is_left_out(const char *path, int line) {
  // Threads come to the same call one after another.
  auto is_here = [&](const Call &call) { return call.path == path && call.line == line; };
  if (last < calls.size() && is_here(calls[last])) return calls[last].is_left_out;
  for (last = 0; last < calls.size(); last++) {
    if (is_here(calls[last])) return calls[last].is_left_out;
  }
  bool here = line == left_out.line && file_name(path) == left_out.file;
  calls.push_back({path, line, here});
  return here;
}

std::set<Barrier> ReachedBarriers::all() const {
  std::set<Barrier> result;
  for (const Call &call : calls) result.insert({file_name(call.path), call.line});
  return result;
}

void DeviceBarriers::leave_out(const cuda_emulator_barrier &barrier) {
  std::lock_guard guard(mutex);
  omitted = barrier.file == nullptr ? Barrier() : Barrier{barrier.file, barrier.line};
  known.clear();
}

Barrier DeviceBarriers::left_out() const {
  std::lock_guard guard(mutex);
  return omitted;
}

void DeviceBarriers::add(const std::set<Barrier> &calls) {
  std::lock_guard guard(mutex);
  known.insert(calls.begin(), calls.end());
}

cuda_emulator_barrier DeviceBarriers::reached(long long index) const {
  std::lock_guard guard(mutex);
  if (index < 0 || (std::size_t)index >= known.size()) return {nullptr, 0};
  const Barrier &found = *std::next(known.begin(), index);
  return {found.file.c_str(), found.line};
}

}  // namespace cuda_emulator

void cuda_emulator_leave_out(int ordinal, struct cuda_emulator_barrier barrier) {
  cuda_emulator::device(ordinal)->barriers.leave_out(barrier);
}

struct cuda_emulator_barrier cuda_emulator_barrier_reached(int ordinal, long long index) {
  return cuda_emulator::device(ordinal)->barriers.reached(index);
}
