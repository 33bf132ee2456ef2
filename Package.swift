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
    .library(name: "CajalReports", targets: ["CajalReports"]),
    .executable(name: "cajal", targets: ["CajalCommand"]),
    // For this repository's own benchmarks, which are a package of their own.
    .library(
      name: "CajalOperationCases", targets: ["CajalOperationCases", "CajalVerification"]),
  ],
  traits: [
    .trait(
      name: "Problems",
      description: """
        Data sets of pictures: the Problem protocol, Allen Brain and its image server, and TFRecord shards, which need \
        swift-protobuf. Without it, Cajal is tensors, autodiff, layers, models and the trainer.
        """),
    .default(enabledTraits: ["Problems"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    // Only for CajalLogging.
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
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
    .systemLibrary(name: "CTIFF", pkgConfig: "libtiff-4", providers: [.apt(["libtiff-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

    // Kernels in C, one file per instruction set, each of which includes the bodies.
    .target(name: "CCajalKernels", exclude: ["bodies"]),

    // Kernels in CUDA C++, baked in as texts, and the few declarations of NVIDIA's libraries. Nothing
    // of CUDA is needed to build.
    .target(name: "CCajalCUDA", exclude: ["kernels"]),

    // The layers, lowest first.
    module("CajalPlatform"),
    module("CajalSupport", ["CajalPlatform", "CCajalKernels", "CZlib"]),
    module("CajalImages", ["CajalPlatform", "CajalSupport", "CCajalImageCodecs"]),
    .target(name: "CCajalImageCodecs", dependencies: ["CPNG", "CJPEG", "CTIFF", "CZlib"]),
    module("AllenBrainAtlas", ["CajalSupport", "CajalImages"]),
    module(
      "CajalTensor",
      ["CCajalKernels", "COpenBLAS", "CLAPACKE", "CajalPlatform", "CajalSupport"],
      [.strictMemorySafety()]),
    module(
      "CajalCUDA", ["CCajalCUDA", "CajalTensor", "CajalPlatform", "CajalSupport"],
      [.strictMemorySafety()]),
    module("CajalAutodiff", ["CajalTensor", "CajalSupport"]),
    module("CajalOptimizers", ["CajalAutodiff", "CajalTensor", "CajalSupport"]),
    module("CajalLayers", ["CajalAutodiff", "CajalTensor", "CajalSupport"]),
    // Knows no model and no problem.
    module(
      "CajalTraining",
      ["CajalLayers", "CajalOptimizers", "CajalAutodiff", "CajalTensor", "CajalSupport"]),
    module(
      "CajalLogging",
      ["CajalTraining", "CajalSupport", .product(name: "Logging", package: "swift-log")]),
    .target(
      name: "CajalReports",
      dependencies: [
        "CajalTraining", "CajalImages", "CajalPlatform", "CajalSupport",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      exclude: ["TensorBoard/Event.proto"],
      swiftSettings: settings),
    module(
      "CajalModels",
      [
        "CajalTraining", "CajalLayers", "CajalOptimizers", "CajalAutodiff", "CajalTensor",
        "CajalImages", "CajalSupport",
      ]),
    .target(
      name: "CajalProblems",
      dependencies: [
        "CajalModels", "CajalTraining", "CajalOptimizers", "CajalLayers", "CajalAutodiff",
        "CajalTensor", "CajalImages", "CajalSupport",
        .product(
          name: "SwiftProtobuf", package: "swift-protobuf", condition: .when(traits: ["Problems"])),
      ],
      exclude: ["Records/Example.proto"],
      swiftSettings: settings),
    module(
      "CajalVerification",
      [
        "CajalModels", "CajalLayers", "CajalOptimizers", "CajalAutodiff", "CajalTensor",
        "CajalSupport",
      ]),
    module(
      "Cajal",
      [
        "CajalTraining", "CajalModels", "CajalLayers", "CajalOptimizers", "CajalAutodiff",
        "CajalTensor", "CajalCUDA", "CajalImages", "CajalSupport",
        .target(name: "CajalProblems", condition: .when(traits: ["Problems"])),
        .target(name: "AllenBrainAtlas", condition: .when(traits: ["Problems"])),
      ]),
    .executableTarget(
      name: "CajalCommand",
      dependencies: [
        "Cajal", "CajalReports", "CajalSupport", "CajalVerification",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),

    // The table of operation cases that tests and benchmarks share.
    module(
      "CajalOperationCases",
      [
        "CajalModels", "CajalTraining", "CajalLayers", "CajalAutodiff", "CajalCUDA", "CajalTensor",
        "CajalImages", "CajalSupport",
      ]),

    // Backends for tests: one whose memory faults when the host touches it, and one that works late.
    .target(
      name: "TestBackends", dependencies: ["CajalTensor"], path: "Tests/TestBackends",
      swiftSettings: settings),

    // A CUDA driver on the host, which executes the kernels compiled as C++.
    .target(name: "CUDAEmulator", dependencies: ["CCajalCUDA"], path: "Tests/CUDAEmulator"),

    // A program that executes the kernels on the emulated device, for the sanitizers.
    .executableTarget(
      name: "SanitizedKernels",
      dependencies: ["CUDAEmulator", "CajalCUDA", "CajalOperationCases", "CajalTensor"],
      path: "Tests/Sanitizers/Kernels", swiftSettings: settings),

    // A program that stops with a sentence, for the test that reads it from an optimized build.
    .executableTarget(
      name: "ShapeMismatch", dependencies: ["CajalAutodiff", "CajalTensor"],
      path: "Tests/ShapeMismatch", swiftSettings: settings),

    // A web server for tests that plays every failure, byte by byte.
    .target(
      name: "LoopbackServer", dependencies: [.product(name: "FlyingSocks", package: "FlyingFox")],
      path: "Tests/LoopbackServer", swiftSettings: settings),

    // Tests.
    tests("CajalSupport"),
    tests("CajalImages", ["CajalSupport"], excluding: ["BioFormats", "NumPy", "Tifffile"]),
    tests("AllenBrainAtlas", ["CajalSupport", "CajalImages", "LoopbackServer"]),
    tests(
      "CajalTensor", ["CCajalKernels", "CajalSupport", "TestBackends"], excluding: ["NumPy"]),
    tests("CajalAutodiff", ["CajalTensor", "CajalOperationCases", "TestBackends"]),
    tests("CajalOptimizers", ["CajalAutodiff", "CajalTensor"]),
    tests("CajalLayers", ["CajalAutodiff", "CajalTensor"]),
    tests(
      "CajalModels",
      [
        "CajalTraining", "CajalLayers", "CajalAutodiff", "CajalTensor", "CajalImages",
        "CajalSupport", "TestBackends",
      ]),
    tests(
      "CajalProblems", ["CajalTraining", "CajalTensor", "CajalImages", "CajalSupport", "CZlib"],
      excluding: ["TensorFlow"]),
    tests("CajalTraining", ["Cajal", "CajalSupport", "TestBackends"]),
    tests(
      "CajalReports",
      [
        "CajalTraining", "CajalImages", "CajalSupport",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ]),
    tests("CajalLogging", ["Cajal", .product(name: "Logging", package: "swift-log")]),
    tests("CajalVerification", ["CajalTensor"], excluding: ["Cases"]),
    tests(
      "CajalCommand", ["Cajal", "CajalReports", "CajalCUDA", "CUDAEmulator", "LoopbackServer"]),
    tests("CCajalCUDA", ["CUDAEmulator"]),
    tests(
      "CajalCUDA",
      [
        "CCajalCUDA", "Cajal", "CajalAutodiff", "CajalTensor", "CajalOperationCases",
        "CajalSupport", "CajalVerification", "CUDAEmulator",
      ], excluding: ["kernel-resources.csv"]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c17,
  cxxLanguageStandard: .cxx17
)

// Documentation is made with a plugin that clients never fetch: see `make docs`.
if Context.environment["CAJAL_DOCS"] != nil {
  package.dependencies.append(
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"))
}
