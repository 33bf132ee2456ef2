#include "kernel_table.h"

#include <map>

#include "cuda_emulator.h"

namespace cuda_emulator {

// A function's own variable, since registrations come before main in any order.
static std::map<std::string, Binder> &table() {
  static std::map<std::string, Binder> kernels;
  return kernels;
}

void Registration::add(const char *name, Binder binder) { table()[name] = std::move(binder); }

const Binder *find_kernel(const std::string &name) {
  auto found = table().find(name);
  return found == table().end() ? nullptr : &found->second;
}

}  // namespace cuda_emulator

int cuda_emulator_has_kernel(const char *name) {
  return cuda_emulator::find_kernel(name) != nullptr;
}
