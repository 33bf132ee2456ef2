// A thread of a block: a stack of its own, entered and left by hand.
#pragma once

#include <cstddef>
#include <functional>

#if !defined(__x86_64__)
#include <ucontext.h>
#endif

namespace cuda_emulator {

/// A stack that executes one task after another. Used by one thread of the host.
class Fiber {
 public:
  Fiber();
  ~Fiber();
  Fiber(const Fiber &) = delete;
  Fiber &operator=(const Fiber &) = delete;

  /// Begins a task, or continues with the one that is suspended, until it suspends or ends.
  /// Returns whether it has ended.
  bool resume(const std::function<void()> &task);

  /// Returns from `resume` of the fiber that executes.
  void suspend();

 private:
  static void enter(Fiber *);
  void run();
  void switch_to_own();

  void *memory;
  const std::function<void()> *task = nullptr;
  bool has_ended = true;
  // What the address sanitizer has to know of both stacks.
  const void *caller_bottom = nullptr;
  std::size_t caller_bytes = 0;
  void *own_frames = nullptr, *caller_frames = nullptr;
#if defined(__x86_64__)
  void *own_stack, *caller_stack = nullptr;
#else
  static void enter_halves(unsigned high, unsigned low);
  ucontext_t own_context, caller_context;
#endif
};

}  // namespace cuda_emulator
