#include "block.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include "faults.h"
#include "machine.h"

// All `__shared__` variables: the linker defines the ends of a section with a C name. Weak, as
// there is no section where no kernel has any.
extern "C" __attribute__((weak)) char __start_cuda_shared[], __stop_cuda_shared[];

namespace cuda_emulator {

Registers registers;

namespace {

std::mutex one_launch;
Machine machine;

}  // namespace

Outcome Machine::execute(const Launch &next) {
  launch = &next;
  barriers.begin(next.left_out);
  registers.grid_extent = next.grid;
  registers.block_extent = next.block;
  count = next.block.x * next.block.y * next.block.z;
  if (threads.size() < count) {
    threads.resize(count);
    received.resize((count + warp - 1) / warp * warp);
  }
  // Exactly as long as asked for, so that the address sanitizer sees its end.
  dynamic = std::vector<unsigned char>();
  dynamic.reserve(next.shared_bytes + 16);
  dynamic.resize(next.shared_bytes + 16);
  auto address = reinterpret_cast<std::size_t>(dynamic.data());
  dynamic_start = dynamic.data() + (16 - address % 16) % 16;
  if (!leaves_out_barrier()) {
    if (!execute_blocks()) {
      print_stuck();
      std::abort();
    }
    return {false, barriers.all(), TouchedSectors::take()};
  }
  bool has_ended = false;
  bool is_right = runs_without_fault([&] { has_ended = execute_blocks(); });
  if (is_right && has_ended) return {false, barriers.all(), TouchedSectors::take()};
  end_threads();
  return {true, barriers.all(), TouchedSectors::take()};
}

bool Machine::execute_blocks() {
  for (unsigned z = 0; z < launch->grid.z; z++) {
    for (unsigned y = 0; y < launch->grid.y; y++) {
      for (unsigned x = 0; x < launch->grid.x; x++) {
        registers.block = {x, y, z};
        if (!execute_block()) return false;
      }
    }
  }
  return true;
}

bool Machine::execute_block() {
  if (__start_cuda_shared != nullptr) {
    std::memset(__start_cuda_shared, 0xff, (std::size_t)(__stop_cuda_shared - __start_cuda_shared));
  }
  std::memset(dynamic.data(), 0xff, dynamic.size());
  const Extent extent = launch->block;
  for (unsigned i = 0; i < count; i++) {
    threads[i].state = State::ready;
    threads[i].copies.clear();
    threads[i].index = {i % extent.x, i / extent.x % extent.y, i / extent.x / extent.y};
  }
  unsigned warps = (count + warp - 1) / warp;
  for (;;) {
    for (unsigned i = 0; i < warps; i++) {
      execute_warp((launch->order == cuda_emulator_ascending ? i : warps - 1 - i) * warp);
    }
    unsigned waiting = 0, ended = 0;
    for (unsigned i = 0; i < count; i++) {
      waiting += threads[i].state == State::waits_for_block;
      ended += threads[i].state == State::ended;
    }
    if (ended == count) return true;
    if (waiting + ended < count) return false;
    for (unsigned i = 0; i < count; i++) {
      if (threads[i].state == State::waits_for_block) threads[i].state = State::ready;
    }
  }
}

/// Executes a warp as far as it comes without the others.
void Machine::execute_warp(unsigned first) {
  unsigned size = lanes(first);
  do {
    for (unsigned i = 0; i < size; i++) {
      unsigned number = first + (launch->order == cuda_emulator_ascending ? i : size - 1 - i);
      if (threads[number].state == State::ready) execute_thread(number);
    }
  } while (release_warp(first));
}

void Machine::execute_thread(unsigned number) {
  Thread &thread = threads[number];
  current = number;
  registers.thread = thread.index;
  if (thread.fiber == nullptr) {
    if (idle.empty()) {
      fibers.push_back(std::make_unique<Fiber>());
      idle.push_back(fibers.back().get());
    }
    thread.fiber = idle.back();
    idle.pop_back();
  }
  if (thread.fiber->resume(launch->thread)) {
    thread.state = State::ended;
    // The next thread takes the same stack, unless this one waited.
    idle.push_back(thread.fiber);
    thread.fiber = nullptr;
  }
}

/// Lets lanes go on that wait for lanes which have all come. Returns whether there are any.
bool Machine::release_warp(unsigned first) {
  unsigned released = 0;
  for (unsigned i = 0; i < lanes(first); i++) {
    Thread &thread = threads[first + i];
    if (thread.state != State::waits_for_warp || (released >> i & 1) != 0) continue;
    bool all = true;
    for (unsigned other = 0; other < warp; other++) {
      if ((thread.mask >> other & 1) == 0) continue;
      if (other >= lanes(first)) {
        all = false;
        continue;
      }
      const Thread &expected = threads[first + other];
      all = all && expected.state == State::waits_for_warp && expected.mask == thread.mask
        && std::strcmp(expected.function, thread.function) == 0;
    }
    if (!all) continue;
    unsigned mask = thread.mask;
    for (unsigned lane = 0; lane < lanes(first); lane++) {
      if ((mask >> lane & 1) == 0) continue;
      Thread &member = threads[first + lane];
      std::memcpy(&received[first + lane], &member.given, member.given_bytes);
      member.state = State::ready;
    }
    released |= mask;
  }
  return released != 0;
}

void Machine::wait(State state) {
  unsigned number = current;
  threads[number].state = state;
  threads[number].fiber->suspend();
}

const Slot *Machine::exchange(
    unsigned mask, const char *function, const void *value, std::size_t bytes) {
  Thread &thread = threads[current];
  if ((mask >> (current % warp) & 1) == 0) {
    // Does not return.
    if (leaves_out_barrier()) wait(State::failed);
    std::fprintf(
        stderr, "%s: lane %u calls %s with mask %#x, which it is not in\n", launch->kernel.c_str(),
        current % warp, function, mask);
    std::abort();
  }
  if (bytes != 0) std::memcpy(&thread.given, value, bytes);
  thread.given_bytes = bytes;
  thread.mask = mask;
  thread.function = function;
  unsigned first = current / warp * warp;
  wait(State::waits_for_warp);
  return &received[first];
}

void Machine::begin_copy(void *shared, const void *global, std::size_t bytes) {
  if ((std::size_t)shared % bytes != 0 || (std::size_t)global % bytes != 0) {
    std::fprintf(
        stderr, "%s: cp.async of addresses that are not aligned\n", launch->kernel.c_str());
    std::abort();
  }
  std::memset(shared, 0xff, bytes);
  note_access(global, bytes, false);
  threads[current].copies.push_back({shared, global, bytes});
}

void Machine::wait_for_copies() {
  for (const Copy &copy : threads[current].copies) {
    std::memcpy(copy.target, copy.source, copy.bytes);
  }
  threads[current].copies.clear();
}

void Machine::print_stuck() const {
  std::fprintf(
      stderr, "%s: no thread of block (%u, %u, %u) can go on\n", launch->kernel.c_str(),
      registers.block.x, registers.block.y, registers.block.z);
  for (unsigned i = 0; i < count; i++) {
    const Thread &thread = threads[i];
    if (thread.state == State::waits_for_warp) {
      std::fprintf(
          stderr, "  thread %u waits in %s for lanes %#x\n", i, thread.function, thread.mask);
    } else {
      std::fprintf(
          stderr, "  thread %u %s\n", i,
          thread.state == State::ended ? "has ended" : "waits in __syncthreads");
    }
  }
}

void Machine::end_threads() {
  for (Thread &thread : threads) thread.fiber = nullptr;
  idle.clear();
  fibers.clear();
}

Outcome execute(const Launch &launch) {
  std::lock_guard guard(one_launch);
  return machine.execute(launch);
}

bool is_left_out(const char *file, int line) { return machine.barriers.is_left_out(file, line); }

void wait_for_block() { machine.wait(State::waits_for_block); }

const Slot *exchange(unsigned mask, const char *function, const void *value, std::size_t bytes) {
  return machine.exchange(mask, function, value, bytes);
}

void begin_copy(void *shared, const void *global, std::size_t bytes) {
  machine.begin_copy(shared, global, bytes);
}
void wait_for_copies() { machine.wait_for_copies(); }

int lane() { return (int)(machine.current % warp); }

void *dynamic_shared_memory() { return machine.dynamic_start; }

}  // namespace cuda_emulator
