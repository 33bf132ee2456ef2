import ArgumentParser

/// `throughput section`: the file of a synthetic section, to try other programs on.
struct Section: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Write the file of a synthetic section of any size, as the cut_… cases of data use it.")

  @Option(help: "The file to write, .jpeg or .png.")
  var output: String

  @Option(help: "Columns of pixels.")
  var width = 11_200

  @Option(help: "Rows of pixels.")
  var height = 6_850

  func validate() throws {
    guard width > 0 && height > 0 else {
      throw ValidationError("a section has at least one column and one row")
    }
  }

  func run() throws { try SyntheticSection(width: width, height: height).write(to: output) }
}
