#include "fiber.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <new>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_ADDRESS_SANITIZER 1
#include <sanitizer/common_interface_defs.h>
#endif
#endif

#if defined(__x86_64__)
/// Saves the registers that a callee keeps and the stack, and continues on another stack.
extern "C" void cuda_emulator_switch(void **from, void *to);
/// The first return address of a new stack, whose r12 has the fiber and rbx the function.
extern "C" void cuda_emulator_start();

asm(R"(
.text
.hidden cuda_emulator_switch
.globl cuda_emulator_switch
.type cuda_emulator_switch, @function
cuda_emulator_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size cuda_emulator_switch, . - cuda_emulator_switch
.hidden cuda_emulator_start
.globl cuda_emulator_start
.type cuda_emulator_start, @function
cuda_emulator_start:
  movq %r12, %rdi
  callq *%rbx
  ud2
.size cuda_emulator_start, . - cuda_emulator_start
)");
#endif

namespace cuda_emulator {

// Enough for a kernel's arrays of registers, also under the address sanitizer. The page before it
// faults.
static constexpr std::size_t stack_bytes = 256 << 10;

Fiber::Fiber() {
  std::size_t guard = (std::size_t)sysconf(_SC_PAGESIZE);
  memory = mmap(
      nullptr, stack_bytes + guard, PROT_READ | PROT_WRITE,
      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  mprotect(memory, guard, PROT_NONE);
  char *stack = static_cast<char *>(memory) + guard;
#if defined(__x86_64__)
  // As cuda_emulator_switch leaves a stack: six registers, then the address to return to. The
  // stack is a multiple of 16 after the return, as before a call.
  void **top = reinterpret_cast<void **>(stack + stack_bytes) - 9;
  top[2] = nullptr;
  top[3] = this;                                   // r12
  top[4] = reinterpret_cast<void *>(&Fiber::enter);  // rbx
  top[6] = reinterpret_cast<void *>(&cuda_emulator_start);
  own_stack = top;
#else
  getcontext(&own_context);
  own_context.uc_stack.ss_sp = stack;
  own_context.uc_stack.ss_size = stack_bytes;
  own_context.uc_link = nullptr;
  auto address = reinterpret_cast<std::uintptr_t>(this);
  makecontext(
      &own_context, reinterpret_cast<void (*)()>(&Fiber::enter_halves), 2,
      (unsigned)(address >> 32), (unsigned)address);
#endif
}

Fiber::~Fiber() { munmap(memory, stack_bytes + (std::size_t)sysconf(_SC_PAGESIZE)); }

bool Fiber::resume(const std::function<void()> &next) {
  if (has_ended) {
    task = &next;
    has_ended = false;
  }
  switch_to_own();
  return has_ended;
}

void Fiber::switch_to_own() {
#if HAS_ADDRESS_SANITIZER
  auto bottom = static_cast<char *>(memory) + sysconf(_SC_PAGESIZE);
  __sanitizer_start_switch_fiber(&caller_frames, bottom, stack_bytes);
#endif
#if defined(__x86_64__)
  cuda_emulator_switch(&caller_stack, own_stack);
#else
  swapcontext(&caller_context, &own_context);
#endif
#if HAS_ADDRESS_SANITIZER
  __sanitizer_finish_switch_fiber(caller_frames, nullptr, nullptr);
#endif
}

void Fiber::suspend() {
#if HAS_ADDRESS_SANITIZER
  __sanitizer_start_switch_fiber(&own_frames, caller_bottom, caller_bytes);
#endif
#if defined(__x86_64__)
  cuda_emulator_switch(&own_stack, caller_stack);
#else
  swapcontext(&own_context, &caller_context);
#endif
#if HAS_ADDRESS_SANITIZER
  __sanitizer_finish_switch_fiber(own_frames, &caller_bottom, &caller_bytes);
#endif
}

void Fiber::enter(Fiber *fiber) {
#if HAS_ADDRESS_SANITIZER
  __sanitizer_finish_switch_fiber(nullptr, &fiber->caller_bottom, &fiber->caller_bytes);
#endif
  fiber->run();
}

void Fiber::run() {
  for (;;) {
    (*task)();
    has_ended = true;
    suspend();
  }
}

#if !defined(__x86_64__)
void Fiber::enter_halves(unsigned high, unsigned low) {
  enter(reinterpret_cast<Fiber *>((std::uintptr_t)high << 32 | low));
}
#endif

}  // namespace cuda_emulator
