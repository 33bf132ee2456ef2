import Cajal

/// What to do about an error of the library at the command line: the library knows no flags.
enum WayOut {
  /// The option that helps, in words that follow the error after a semicolon; `nil` where the error says
  /// all there is.
  static func text(for error: any Error) -> String? {
    switch error {
    case TrainingError.runExists: "--resume continues it"
    case let error as ImageError where error.kind == .tooLarge: raisingPixels
    case AtlasError.tooLarge: raisingPixels
    case ProblemError.narrowValues(_, _, let range):
      "--white-level \(range.probableWhiteLevel) for a camera of that many bits, "
        + "--white-level 65535 for dark pictures"
    default: nil
    }
  }

  private static let raisingPixels = "--maximum-pixels N raises the limits"
}
