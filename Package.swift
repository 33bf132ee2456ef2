// swift-tools-version: 6.2

import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// A library module of this package, with the settings that all of them share, and others.
func module(
  _ name: String, _ dependencies: [Target.Dependency] = [], _ more: [SwiftSetting] = []
) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings + more)
}

/// The tests of one module.
func tests(
  _ name: String, _ dependencies: [Target.Dependency] = [], excluding files: [String] = []
) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: [.byName(name: name)] + dependencies, exclude: files,
    swiftSettings: settings)
}

let package = Package(
  name: "Cajal",
  products: [
    .library(name: "Cajal", targets: ["Cajal"]),
    .library(name: "CajalLogging", targets: ["CajalLogging"]),
    .executable(name: "cajal", targets: ["CajalCommand"]),
    // For this repository's own benchmarks, which are a package of their own.
    .library(name: "CajalOperationCases", targets: ["CajalOperationCases"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    // Only for CajalLogging.
    .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    // Only for the tests of the atlas, whose server plays broken connections.
    .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
  ],
  targets: [
    // System libraries. OpenBLAS and LAPACKE serve linear algebra in Double only: training and
    // decoding use the kernels of CCajalKernels.
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CLAPACKE", pkgConfig: "lapacke", providers: [.apt(["liblapacke-dev"])]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

    // Kernels in C, one file per instruction set, each of which includes the bodies.
    .target(name: "CCajalKernels", exclude: ["bodies"]),

    // The layers, lowest first.
    module("CajalPlatform"),
    module("CajalFiles", ["CajalPlatform", "CCajalKernels", "CZlib"]),
    module("CajalImages", ["CajalPlatform", "CajalFiles", "CCajalImageCodecs"]),
    .target(name: "CCajalImageCodecs", dependencies: ["CPNG", "CJPEG"]),
    module("AllenBrainAtlas", ["CajalFiles", "CajalImages"]),
    module(
      "CajalTensor", ["CCajalKernels", "COpenBLAS", "CLAPACKE", "CajalFiles"],
      [.strictMemorySafety()]),
    module("CajalAutodiff", ["CajalTensor"]),
    module("CajalOptimizers", ["CajalAutodiff", "CajalTensor"]),
    module("CajalLayers", ["CajalAutodiff", "CajalTensor"]),
    // Knows no model and no problem.
    module(
      "CajalTraining",
      ["CajalLayers", "CajalOptimizers", "CajalAutodiff", "CajalTensor", "CajalFiles"]),
    module(
      "CajalLogging", ["CajalTraining", .product(name: "Logging", package: "swift-log")]),
    module(
      "CajalModels",
      [
        "CajalTraining", "CajalLayers", "CajalOptimizers", "CajalAutodiff", "CajalTensor",
        "CajalImages", "CajalFiles",
      ]),
    .target(
      name: "CajalProblems",
      dependencies: [
        "CajalModels", "CajalTraining", "CajalOptimizers", "CajalLayers", "CajalAutodiff",
        "CajalTensor", "CajalImages", "CajalFiles",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      exclude: ["Records/Example.proto"],
      swiftSettings: settings),
    module(
      "CajalVerification",
      [
        "CajalModels", "CajalLayers", "CajalOptimizers", "CajalAutodiff", "CajalTensor",
        "CajalFiles",
      ]),
    module(
      "Cajal",
      [
        "CajalTraining", "CajalProblems", "CajalModels", "CajalLayers", "CajalOptimizers",
        "CajalAutodiff", "CajalTensor", "CajalImages", "CajalFiles", "AllenBrainAtlas",
      ]),
    .executableTarget(
      name: "CajalCommand",
      dependencies: [
        "Cajal", "CajalFiles", "CajalVerification",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),

    // The table of operation cases that tests and benchmarks share.
    module("CajalOperationCases", ["CajalAutodiff", "CajalTensor"]),

    // Backends for tests: one whose memory faults when the host touches it, and one that works late.
    .target(
      name: "TestBackends", dependencies: ["CajalTensor"], path: "Tests/TestBackends",
      swiftSettings: settings),

    // A web server for tests that plays every failure, byte by byte.
    .target(
      name: "LoopbackServer", dependencies: [.product(name: "FlyingSocks", package: "FlyingFox")],
      path: "Tests/LoopbackServer", swiftSettings: settings),

    // Tests.
    tests("CajalFiles"),
    tests("CajalImages", ["CajalFiles"]),
    tests("AllenBrainAtlas", ["CajalFiles", "CajalImages", "LoopbackServer"]),
    tests("CajalTensor", ["CCajalKernels", "CajalFiles", "TestBackends"]),
    tests("CajalAutodiff", ["CajalTensor", "CajalOperationCases", "TestBackends"]),
    tests("CajalOptimizers", ["CajalAutodiff", "CajalTensor"]),
    tests("CajalLayers", ["CajalAutodiff", "CajalTensor"]),
    tests(
      "CajalModels",
      ["CajalLayers", "CajalAutodiff", "CajalTensor", "CajalImages", "TestBackends"]),
    tests(
      "CajalProblems", ["CajalTraining", "CajalTensor", "CajalImages", "CajalFiles", "CZlib"],
      excluding: ["TensorFlow"]),
    tests("CajalTraining", ["Cajal", "CajalFiles", "TestBackends"]),
    tests("CajalLogging", ["Cajal", .product(name: "Logging", package: "swift-log")]),
    tests("CajalVerification", ["CajalTensor"], excluding: ["Cases"]),
    tests("CajalCommand", ["Cajal", "LoopbackServer"]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c17
)
