import Cajal

/// What to do about an error of the library at the command line: the library knows no flags.
enum WayOut {
  /// The option that helps, in words that follow the error after a semicolon; `nil` where the error says
  /// all there is.
  static func text(for error: any Error) -> String? {
    switch error {
    case TrainingError.runExists: "--resume continues it"
    case ProblemError.singleSection:
      "--split-by area holds out a part of it, --evaluation-fraction 0 nothing"
    case ProblemError.tilesTooLarge(_, _, let size): "--tile-size \(size) cuts such tiles"
    case ProblemError.unusablePattern:
      "--sections-by is file, folder, or a pattern such as '(sect\\d+)_'"
    default: nil
    }
  }
}
