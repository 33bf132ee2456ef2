// The bytes of device memory that operations read and write.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace cuda_emulator {

/// What a GPU moves at least, as it moves sectors of 32 bytes: each that is read, and each that is
/// written, once in an operation.
struct Traffic {
  long long bytes_read = 0, bytes_written = 0;
};

/// An operation of a stream.
struct Movement {
  std::string operation;
  Traffic traffic;
};

/// The bytes of the sectors that a run of bytes lies in.
long long sector_bytes(std::uint64_t address, std::size_t bytes);

/// Sectors of memory of any kind that a launch has accessed. None where kernels do not tell of their
/// accesses; see Tests/Traffic.
class TouchedSectors {
 public:
  /// A bit for each sector of 2 MB of memory, in two sets.
  struct Page;

  /// Those of all accesses since the last call.
  static TouchedSectors take();

  /// Adds those of a run of bytes.
  void add_to(Traffic &, std::uint64_t address, std::size_t bytes) const;

 private:
  std::map<std::uint64_t, std::shared_ptr<Page>> pages;
};

/// Notes an access of the launch that executes.
void note_access(const void *address, std::size_t bytes, bool writes);

}  // namespace cuda_emulator
