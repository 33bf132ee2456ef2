import Cajal

/// What to do about an error of the library at the command line: the library knows no flags.
enum WayOut {
  /// The option that helps, in words that follow the error after a semicolon; `nil` where the error says
  /// all there is.
  static func text(for error: any Error) -> String? {
    switch error {
    case TrainingError.runExists: "--resume continues it"
    case AtlasError.tooLarge:
      "--maximum-pixels raises the limit, --downsample asks for smaller pictures"
    case AtlasError.redirected, AtlasError.unreachable: "--server names another server"
    default: nil
    }
  }
}
