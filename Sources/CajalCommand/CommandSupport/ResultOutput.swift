import ArgumentParser

/// The option of a command that prints results: as text, or as JSON for scripts.
struct ResultOutput: ParsableArguments {
  @Flag(help: "Print the results as one JSON object, for scripts.")
  var json = false

  /// Prints results as the option says.
  func write(_ record: some Encodable, text: @autoclosure () -> String) throws {
    if json { try StandardOutput.print(json: record) } else { print(text()) }
  }
}
