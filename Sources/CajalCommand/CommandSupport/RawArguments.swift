import CajalSupport

/// The arguments of the process.
enum RawArguments {
  /// The arguments without the command's own name. Bytes that are not UTF-8, as in the name of an
  /// old folder, are preserved for opening the file; `CommandLine.arguments` would repair them.
  static var all: [String] {
    (1..<max(1, Int(CommandLine.argc))).compactMap { index in
      CommandLine.unsafeArgv[index].map { RawName.text($0) }
    }
  }
}

/// Prints a line with file names in printable form. Shadows Swift's function, which would print the
/// placeholder characters of `RawName`.
func print(_ text: String) { Swift.print(RawName.shown(text)) }
