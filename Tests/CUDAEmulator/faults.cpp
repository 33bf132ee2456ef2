#include "faults.h"

#include <setjmp.h>
#include <signal.h>

#include <vector>

namespace cuda_emulator {

static constexpr std::size_t handler_stack_bytes = 64 << 10;

/// Where this thread continues after a fault.
static thread_local sigjmp_buf *after_fault = nullptr;

static void handle_fault(int number) {
  if (after_fault != nullptr) siglongjmp(*after_fault, 1);
  // Another thread's: it happens again when this returns, and ends the process.
  signal(number, SIG_DFL);
}

bool runs_without_fault(const std::function<void()> &work) {
  // The handler cannot run on a fiber's stack where that has ended.
  std::vector<char> stack(handler_stack_bytes);
  stack_t own_stack = {}, stack_before = {};
  own_stack.ss_sp = stack.data();
  own_stack.ss_size = stack.size();
  sigaltstack(&own_stack, &stack_before);
  struct sigaction action = {}, action_before = {};
  action.sa_handler = handle_fault;
  action.sa_flags = SA_ONSTACK;
  sigaction(SIGSEGV, &action, &action_before);

  sigjmp_buf place;
  after_fault = &place;
  bool faulted = sigsetjmp(place, 1) != 0;
  if (!faulted) work();
  after_fault = nullptr;

  sigaction(SIGSEGV, &action_before, nullptr);
  sigaltstack(&stack_before, nullptr);
  return !faulted;
}

}  // namespace cuda_emulator
