// swift-tools-version: 6.1

import PackageDescription

// A separate package, so that clients of Cajal never resolve it.
let package = Package(
  name: "Benchmarks",
  dependencies: [
    .package(name: "Cajal", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
  ],
  targets: [
    // What the processor can do at most, to compare with, and what Swift cannot call.
    .target(name: "CMachine"),
    .executableTarget(
      name: "throughput",
      dependencies: [
        "CMachine",
        .product(name: "Cajal", package: "Cajal"),
        .product(name: "CajalOperationCases", package: "Cajal"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
      ]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c17
)

// Regressions of single operations, by ordo-one's benchmark: fetched and built only when it is
// asked for. CAJAL_OPERATION_BENCHMARKS=1 swift package benchmark
if Context.environment["CAJAL_OPERATION_BENCHMARKS"] != nil {
  package.dependencies.append(
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []))
  package.targets.append(
    .executableTarget(
      name: "Operations",
      dependencies: [
        .product(name: "Cajal", package: "Cajal"),
        .product(name: "CajalOperationCases", package: "Cajal"),
        .product(name: "Benchmark", package: "benchmark"),
      ],
      path: "Benchmarks/Operations",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]))
}
