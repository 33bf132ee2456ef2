// swift-tools-version: 6.1

import PackageDescription

// What a user's package looks like. Outside of this repository the dependency is
// .package(url: "…", from: "…") instead of a path.
let package = Package(
  name: "Example",
  dependencies: [.package(name: "Cajal", path: "../..")],
  targets: [
    // The README's own lines; built, so that they stay true.
    .executableTarget(
      name: "FirstRun", dependencies: [.product(name: "Cajal", package: "Cajal")]),
    // A model that the library does not know: its own layer, batches, loss and groups of
    // parameters.
    .executableTarget(
      name: "OwnModel", dependencies: [.product(name: "Cajal", package: "Cajal")]),
    // The tutorial's program; built and run, so that the tutorial stays true.
    .executableTarget(
      name: "Signals", dependencies: [.product(name: "Cajal", package: "Cajal")]),
    .executableTarget(
      name: "Example", dependencies: [.product(name: "Cajal", package: "Cajal")]),
  ],
  swiftLanguageModes: [.v6]
)
