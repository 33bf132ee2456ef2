// The current context and its device.
#pragma once

#include "device.h"

namespace cuda_emulator {

/// The context of this thread of the host.
extern thread_local Device *current;

/// Changes the counts of the current device.
template <typename Change>
void count(Change change) {
  std::lock_guard guard(current->mutex);
  change(current->counts);
}

}  // namespace cuda_emulator

#define NEEDS_CONTEXT \
  if (cuda_emulator::current == nullptr) return cajal_cuda_invalid_context

/// The stream of a handle, of the current device.
#define FIND_STREAM(stream, handle) \
  NEEDS_CONTEXT; \
  auto stream = cuda_emulator::current->find(handle); \
  if (stream == nullptr) return cajal_cuda_invalid_handle
