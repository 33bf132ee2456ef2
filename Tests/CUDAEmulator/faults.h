// Kernels that read or write where no memory is.
#pragma once

#include <functional>

namespace cuda_emulator {

/// Does some work on this thread of the host. Returns false where it stopped at a wrong address:
/// its stacks are left as they are then, nothing on them is destroyed.
bool runs_without_fault(const std::function<void()> &work);

}  // namespace cuda_emulator
