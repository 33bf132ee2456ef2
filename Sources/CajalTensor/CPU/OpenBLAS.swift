import COpenBLAS

/// What OpenBLAS, which linear algebra in Double uses, made of this machine.
public enum OpenBLAS {
  /// The processor whose kernels it chose, such as `SkylakeX`.
  public static var coreName: String {
    unsafe openblas_get_corename().map { unsafe String(cString: $0) } ?? "an unknown processor"
  }

  /// What to do when its kernels are for lesser processors than `instructionSet` needs, in one
  /// line; `nil` when they fit, or when that is unknown.
  ///
  /// An OpenBLAS that is older than the processor falls back to kernels for very old ones.
  public static func remedy(for instructionSet: InstructionSet) -> String? {
    remedy(core: coreName, for: instructionSet)
  }

  static func remedy(core: String, for instructionSet: InstructionSet) -> String? {
    let wide = ["skylakex", "cooperlake", "sapphirerapids"]
    // AMD's processors with AVX-512 run the kernels for Zen about as fast.
    let sufficient: [String]
    let wanted: String
    switch instructionSet {
    case .scalar: return nil
    case .avx2: (sufficient, wanted) = (wide + ["haswell", "zen", "excavator"], "Haswell")
    case .avx512: (sufficient, wanted) = (wide + ["zen"], "SkylakeX")
    }
    guard !sufficient.contains(core.lowercased()) else { return nil }
    return "OpenBLAS uses its kernels for \(core) although this processor has "
      + "\(instructionSet.rawValue); set OPENBLAS_CORETYPE=\(wanted) or install a newer OpenBLAS"
  }
}
