// The machine that executes the blocks of a launch, one after another.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

#include "block.h"
#include "fiber.h"

namespace cuda_emulator {

constexpr unsigned warp = 32;

/// A thread that has failed executes no more.
enum class State { ready, waits_for_warp, waits_for_block, failed, ended };

/// A copy to shared memory that has begun.
struct Copy {
  void *target;
  const void *source;
  std::size_t bytes;
};

struct Thread {
  State state = State::ended;
  Fiber *fiber = nullptr;
  Index index = {0, 0, 0};
  unsigned mask = 0;
  const char *function = "";
  Slot given;
  std::size_t given_bytes = 0;
  std::vector<Copy> copies;
};

class Machine {
 public:
  Outcome execute(const Launch &);
  void wait(State);
  const Slot *exchange(unsigned mask, const char *function, const void *value, std::size_t bytes);
  void begin_copy(void *shared, const void *global, std::size_t bytes);
  void wait_for_copies();
  ReachedBarriers barriers;
  unsigned current = 0;
  std::vector<unsigned char> dynamic;
  unsigned char *dynamic_start = nullptr;

 private:
  /// Return false where a block cannot go on.
  bool execute_blocks();
  bool execute_block();
  void execute_warp(unsigned first);
  void execute_thread(unsigned number);
  bool release_warp(unsigned first);
  void print_stuck() const;
  /// Ends threads in the middle. What they have on their stacks is not destroyed, and needs not be.
  void end_threads();
  bool leaves_out_barrier() const { return launch->left_out.line != 0; }
  /// The threads from `first` on that a warp has.
  unsigned lanes(unsigned first) const { return std::min(warp, count - first); }

  const Launch *launch = nullptr;
  unsigned count = 0;
  std::vector<Thread> threads;
  /// What the lanes of each warp have given: valid until its lanes meet again.
  std::vector<Slot> received;
  std::vector<std::unique_ptr<Fiber>> fibers;
  std::vector<Fiber *> idle;
};

}  // namespace cuda_emulator
