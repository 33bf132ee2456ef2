// The properties of the machine that the benchmarks report.
#pragma once

/// The levels of instructions that Cajal's kernels have, slowest first.
enum machine_level {
  /// Four lanes of what every processor of the architecture has.
  machine_level_plain = 0,
  /// Eight lanes with fused multiply-add.
  machine_level_avx2 = 1,
  /// Sixteen lanes with fused multiply-add.
  machine_level_avx512 = 2,
};

/// How many float32 operations a second the processor can do at most: independent multiply-adds on
/// registers (two operations each), nothing else, on `threads` threads at the same time, each for
/// about `seconds`. 0 where the processor lacks the level.
double machine_peak(enum machine_level level, int threads, double seconds);

/// Gives memory that the C library keeps for later back to the system, where it can.
void machine_release_free_memory(void);
