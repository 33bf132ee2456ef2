// A CUDA driver, NVRTC and cuBLASLt on the host, for tests: the same tables of functions, which
// execute the kernels of CCajalCUDA compiled as C++.
//
// Streams do their work late, in order, each on a thread of its own. Memory is NaN when it is
// allocated and when it is freed. A kernel that cannot be right, such as one whose threads wait for
// each other forever, stops the program with a sentence. While a barrier is left out, it ends and
// is counted.
#pragma once

#include "cajal_cuda_blas.h"
#include "cajal_cuda_driver.h"
#include "cajal_cuda_nvrtc.h"

// In a shared library these are the functions that it has for others.
#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

/// The emulator's driver.
struct cajal_cuda_driver cuda_emulator_driver(void);
/// The emulator's compiler, which checks that it knows all kernels of a source.
struct cajal_cuda_nvrtc cuda_emulator_nvrtc(void);
/// The emulator's matrix products, late as all work. One that is asked for with arguments that are
/// not those of its algorithm, or lie where they must not, stops the program with a sentence.
struct cajal_cuda_blas cuda_emulator_blas(void);

/// The order in which the warps of a block execute. Each runs as far as it can before the next one
/// starts, so that a missing barrier shows in one of the two.
enum cuda_emulator_order { cuda_emulator_ascending, cuda_emulator_descending };

/// Adds a device and returns its ordinal. There are two from the start, 0 in ascending and 1 in
/// descending order.
int cuda_emulator_add_device(size_t memory_bytes, enum cuda_emulator_order);

/// What a device has been told to do since it exists.
struct cuda_emulator_counts {
  /// Kernels and matrix products launched, and allocations of device memory.
  long long launches, allocations;
  /// Bytes copied from the host, to the host, and within the device, and bytes set.
  long long bytes_uploaded, bytes_downloaded, bytes_copied, bytes_set;
  /// Bytes of memory that are allocated now.
  long long bytes_held;
  /// How often the host waited for the device.
  long long waits;
  /// Graphs launched, whose kernels also count as launches.
  long long graphs;
  /// Kernels of graphs that were given other grids or arguments.
  long long graph_changes;
  /// Launches that ended early while a barrier was left out, at a wrong address or since no thread
  /// could go on.
  long long stops;
  /// Algorithms of matrix products that were asked for.
  long long heuristics;
};

/// The counts of a device.
struct cuda_emulator_counts cuda_emulator_counts_of(int device);
/// The name of the kernel that was launched as number `index` on a device, `cublasLtMatmul` for a
/// matrix product, or NULL.
const char *cuda_emulator_launch_name(int device, long long index);

/// An operation of a stream that is done: a kernel, `cublasLtMatmul`, or a function of the driver that
/// copies or sets memory.
struct cuda_emulator_movement {
  /// NULL where there is none of this number; valid as long as the process.
  const char *operation;
  /// Bytes of device memory, in whole sectors of 32 bytes, each counted once. A kernel's are known
  /// only where the emulator was built by Tests/Traffic/build.
  long long bytes_read, bytes_written;
};

/// What a device has done as number `index`, in order.
struct cuda_emulator_movement cuda_emulator_movement_of(int device, long long index);

/// A barrier: a call of `__syncthreads` or `__syncwarp` in a kernel's source.
struct cuda_emulator_barrier {
  /// The name of the file, without folders, and the line from 1.
  const char *file;
  int line;
};

/// Leaves a barrier out of all launches on a device from now on, or none where its file is NULL,
/// and forgets which ones were reached before.
void cuda_emulator_leave_out(int device, struct cuda_emulator_barrier);
/// The barrier number `index`, by file and line, of those that a device's threads have reached. Its
/// file is NULL where there are no more, and valid until barriers are forgotten.
struct cuda_emulator_barrier cuda_emulator_barrier_reached(int device, long long index);

/// How many times NVRTC has compiled a source that contains `kernel`.
long long cuda_emulator_compilations(const char *kernel);

/// Whether no algorithm is found for any matrix product on a device from now on.
void cuda_emulator_hide_algorithms(int device, int hidden);

/// Whether the emulator has this kernel.
int cuda_emulator_has_kernel(const char *name);

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop
