// Where kernels call `__syncthreads` and `__syncwarp`, and the call that is left out.
#pragma once

#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "cuda_emulator.h"

namespace cuda_emulator {

/// A call in a kernel's source, of a file without folders. No call has line 0.
struct Barrier {
  std::string file;
  int line = 0;
  bool operator<(const Barrier &other) const {
    return file != other.file ? file < other.file : line < other.line;
  }
};

/// The calls that a launch has reached. The same header has other names in other kernels' files.
class ReachedBarriers {
 public:
  /// Begins a launch that leaves out a call.
  void begin(const Barrier &left_out);
  /// Notes a call. Returns whether it is left out.
  bool is_left_out(const char *path, int line);
  /// All calls of the launch.
  std::set<Barrier> all() const;

 private:
  struct Call {
    const char *path;
    int line;
    bool is_left_out;
  };
  Barrier left_out;
  std::vector<Call> calls;
  std::size_t last = 0;
};

/// The calls that launches on a device have reached, and the one that they leave out.
class DeviceBarriers {
 public:
  void leave_out(const cuda_emulator_barrier &);
  Barrier left_out() const;
  void add(const std::set<Barrier> &);
  /// The call of a number, whose file is NULL where there are no more.
  cuda_emulator_barrier reached(long long index) const;

 private:
  mutable std::mutex mutex;
  Barrier omitted;
  std::set<Barrier> known;
};

}  // namespace cuda_emulator
