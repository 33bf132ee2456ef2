// Blocks of threads: what a kernel knows of its place, and how its threads wait for each other.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "barriers.h"
#include "cuda_emulator.h"
#include "traffic.h"

namespace cuda_emulator {

/// A position in a block or grid.
struct Index {
  unsigned x, y, z;
};

/// The extents of a block or grid.
struct Extent {
  unsigned x = 1, y = 1, z = 1;
  Extent(unsigned x = 1, unsigned y = 1, unsigned z = 1) : x(x), y(y), z(z) {}
};

/// What a thread knows of its place.
struct Registers {
  Index thread, block;
  Extent block_extent, grid_extent;
};

/// Those of the thread that executes. Global as in CUDA: one thread executes at a time.
extern Registers registers;

/// What a lane of a warp gives the others.
struct alignas(16) Slot {
  unsigned char bytes[64];
};

/// A launch of a kernel.
struct Launch {
  std::string kernel;
  std::function<void()> thread;
  Extent grid, block;
  std::size_t shared_bytes;
  cuda_emulator_order order;
  /// The barrier that threads do not wait at.
  Barrier left_out;
};

/// What a launch did.
struct Outcome {
  /// Whether it ended early, at a wrong address or since no thread could go on. Only where a
  /// barrier is left out.
  bool stopped;
  std::set<Barrier> barriers;
  TouchedSectors sectors;
};

/// Executes all blocks, one after another, and waits for other launches before.
Outcome execute(const Launch &);

/// Whether threads do not wait at a barrier.
bool is_left_out(const char *file, int line);

/// Waits for all threads of the block.
void wait_for_block();

/// Waits for the lanes of a mask, all of which call the same function, and returns what each of the
/// 32 lanes gave. Valid until the next call.
const Slot *exchange(unsigned mask, const char *function, const void *value, std::size_t bytes);

/// Begins to copy to shared memory, where NaN is until this thread waits for its copies: they are
/// done as late as they may be.
void begin_copy(void *shared, const void *global, std::size_t bytes);
void wait_for_copies();

/// The lane that executes.
int lane();

/// The dynamic shared memory of the block.
void *dynamic_shared_memory();

}  // namespace cuda_emulator
