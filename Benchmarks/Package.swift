// swift-tools-version: 6.1

import PackageDescription

// A package of its own, so that those who depend on Cajal never resolve it.
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
