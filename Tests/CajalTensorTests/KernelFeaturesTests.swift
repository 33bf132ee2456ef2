import Foundation
import Testing

/// The dispatch tests whatever the compiler may use in a level's kernels: they have one list.
@Suite struct KernelFeaturesTests {
  private static let kernels = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Sources/CCajalKernels")

  private static func text(_ name: String) throws -> String {
    try String(contentsOf: kernels.appendingPathComponent(name), encoding: .utf8)
  }

  @Test(arguments: [("avx2", "AVX2"), ("avx512", "AVX512"), ("wide", "AVX2")])
  func theTargetIsWhatTheDispatchTests(_ file: String, list: String) throws {
    let source = try Self.text("kernels_\(file).c")
    let targets = source.matches(of: /target\(([^)]*)\)/).map { String($0.1) }
    #expect(targets == ["CAJAL_\(list)_TARGET"])
    let dispatch = try Self.text("dispatch.c")
    #expect(dispatch.contains("CAJAL_HAS_\(list) ? &cajal_kernels_\(file) : NULL"))
  }

  @Test func bothComeFromOneList() throws {
    let header = try Self.text("features.h")
    for list in ["AVX2", "AVX512"] {
      #expect(
        header.contains("CAJAL_\(list)_TARGET CAJAL_\(list)_FEATURES(CAJAL_FEATURE_NAME, \",\")"))
      #expect(
        header.contains("CAJAL_HAS_\(list) (CAJAL_\(list)_FEATURES(CAJAL_HAS_FEATURE, &&))"))
    }
    let features = Set(header.matches(of: /each\("([a-z0-9]+)"\)/).map { String($0.1) })
    #expect(features.isSuperset(of: ["avx2", "fma", "bmi2", "f16c", "avx512f", "avx512vl"]))
  }

  /// Everywhere else a target stands beside its test.
  @Test func noOtherFileHasATargetOfItsOwn() throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: Self.kernels.path)
    where name.hasSuffix(".c") || name.hasSuffix(".h") {
      let source = try Self.text(name)
      for target in source.matches(of: /target\("([^"]*)"\)/) {
        for feature in target.1.split(separator: ",") {
          #expect(source.contains("__builtin_cpu_supports(\"\(feature)\")"), "\(name)")
        }
      }
    }
  }
}
