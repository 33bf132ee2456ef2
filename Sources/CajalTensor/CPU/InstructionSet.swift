import CCajalKernels
import CajalPlatform

/// The levels of SIMD instructions that the kernels are compiled for, slowest first.
public enum InstructionSet: String, Sendable, CaseIterable {
  /// Four lanes of what every processor of the architecture has (SSE2, NEON).
  case scalar
  /// Eight lanes with fused multiply-add (x86-64 since 2013).
  case avx2
  /// Sixteen lanes.
  case avx512

  /// The levels that this machine can run, slowest first; never empty.
  public static var available: [InstructionSet] { allCases.filter { unsafe $0.kernels != nil } }

  /// The fastest level that this machine can run.
  public static var best: InstructionSet { available.last ?? .scalar }

  /// The level's kernels, or `nil` when this machine cannot run them.
  var kernels: UnsafePointer<cajal_kernels>? {
    switch self {
    case .scalar: unsafe cajal_kernels_for(cajal_isa_plain)
    case .avx2: unsafe cajal_kernels_for(cajal_isa_avx2)
    case .avx512: unsafe cajal_kernels_for(cajal_isa_avx512)
    }
  }
}

extension InstructionSet {
  /// The level that the environment variable `CAJAL_ISA` names, or `nil` when it is not set.
  ///
  /// Throws ``InstructionSetError`` when it names none or one that this machine cannot run.
  /// ``Device/cpu`` uses the best level then, as a library must not stop a program for it; a
  /// command calls this to tell its user.
  public static func requested() throws(InstructionSetError) -> InstructionSet? {
    guard let value = unsafe getenv("CAJAL_ISA") else { return nil }
    let name = unsafe String(cString: value)
    guard let level = InstructionSet(rawValue: name) else { throw .unknown(name) }
    guard unsafe level.kernels != nil else { throw .unavailable(level) }
    return level
  }
}
