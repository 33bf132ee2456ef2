// The kernels that the emulator has, by name.
#pragma once

#include <functional>
#include <string>
#include <tuple>
#include <utility>

namespace cuda_emulator {

/// Copies the arguments that a launch points to and returns what one thread does with them.
using Binder = std::function<std::function<void()>(void **arguments)>;

/// Adds a kernel to the table while the program starts.
class Registration {
 public:
  template <typename... Arguments>
  Registration(const char *name, void (*kernel)(Arguments...)) {
    add(name, [kernel](void **arguments) {
      return bind(kernel, arguments, std::index_sequence_for<Arguments...>());
    });
  }

 private:
  static void add(const char *name, Binder binder);

  template <typename... Arguments, std::size_t... places>
  static std::function<void()> bind(
      void (*kernel)(Arguments...), void **arguments, std::index_sequence<places...>) {
    return [kernel, values = std::tuple<Arguments...>(
                        *static_cast<Arguments *>(arguments[places])...)] {
      std::apply(kernel, values);
    };
  }
};

/// The kernel of a name, or nullptr.
const Binder *find_kernel(const std::string &name);

}  // namespace cuda_emulator

/// Makes a kernel of this file known to the emulator.
#define EMULATED_KERNEL(name) \
  static const cuda_emulator::Registration registration_of_##name(#name, name);
