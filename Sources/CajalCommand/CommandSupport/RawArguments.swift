import CajalFiles

/// The arguments of the process.
enum RawArguments {
  /// The arguments without the command's own name. Bytes that are not UTF-8, as in the name of an
  /// old folder, are kept for whoever opens the file; `CommandLine.arguments` would repair them.
  static var all: [String] {
    (1..<max(1, Int(CommandLine.argc))).compactMap { index in
      CommandLine.unsafeArgv[index].map { RawName.text($0) }
    }
  }
}

/// Prints a line, with names of files as they can be shown: in place of Swift's function, which
/// would print the characters that stand for bytes; see `RawName`.
func print(_ text: String) { Swift.print(RawName.shown(text)) }
