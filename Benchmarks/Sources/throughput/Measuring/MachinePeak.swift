import CMachine
import Cajal

/// The float32 operations a second that a number of threads can do at most with the instructions in
/// use.
///
/// Clock rates drift and machines are shared, so that yesterday's peak says little about today's
/// case: it is measured just before and just after each case. Whatever disturbs a short run only
/// makes it slower, so that the best of a few short runs counts on each side, and the mean of the
/// two sides stands for the time between them.
struct MachinePeak {
  private static let runs = 4
  private static let secondsPerRun = 0.025

  private let level: machine_level
  private let threads: Int

  /// The peak of `threads` threads with the instructions that Cajal's kernels use.
  ///
  /// - Throws: when `CAJAL_ISA` names no instructions of this machine.
  init(threads: Int) throws {
    let requested = try InstructionSet.requested()
    level =
      switch requested ?? .best {
      case .scalar: machine_level_plain
      case .avx2: machine_level_avx2
      case .avx512: machine_level_avx512
      }
    self.threads = threads
  }

  /// Operations a second, now.
  func measure() -> Double {
    (0..<Self.runs).map { _ in machine_peak(level, Int32(threads), Self.secondsPerRun) }.max() ?? 0
  }
}
