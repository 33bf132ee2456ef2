import Cajal

/// Remedies for library errors in terms of command-line options.
enum WayOut {
  /// The helpful option, in words that follow the error after a semicolon; `nil` if none.
  static func text(for error: any Error) -> String? {
    switch error {
    case TrainingError.runExists: "or --resume continues it"
    case TrainingError.noRun: "--resume-or-start starts one where there is none"
    case TrainingError.configurationChanged:
      "with --resume, options that are left out are as the run recorded them"
    case TrainingError.dataChanged(let run, _, _):
      "--initialize-from \(run) starts a new run on these data from its weights"
    case TrainingError.scheduleDependsOnSteps(let run, _, _):
      "--initialize-from \(run) starts a new run from its weights, and a run with --set "
        + "learning_rate_decay_scheme=constant (or noam) can be continued as long as you like"
    case TrainingError.diverged(_, _, .some), TrainingError.overflowed(_, _, .some):
      "--initialize-from starts a new run from the weights of this one's last good checkpoint"
    case TrainingError.unsuitableWeights:
      "without --hparams and --set, --initialize-from takes the hyperparameters of that run"
    case ProblemError.alreadyDescribed: "or --overwrite describes the shards again"
    case ProblemError.occupiedDirectory, ProblemError.otherData: "or --overwrite replaces them"
    case ProblemError.unwritableShards: "--output puts the description into another folder"
    case ProblemError.singleSection:
      "--split-by area holds out a part of it, --evaluation-fraction 0 nothing"
    case ProblemError.tilesTooLarge(_, _, let size): "--tile-size \(size) cuts such tiles"
    case ProblemError.unusablePattern:
      "--sections-by is file, folder, or a pattern such as '(sect\\d+)_'"
    case let error as ImageError where error.kind == .tooLarge: raisingPixels
    case AtlasError.tooLarge:
      "--maximum-pixels N raises the limits, --downsample asks for smaller pictures"
    case AtlasError.redirected, AtlasError.unreachable: "--server names another server"
    case ProblemError.narrowValues(_, _, let range):
      "--white-level \(range.probableWhiteLevel) for a camera of that many bits, "
        + "--white-level 65535 for dark pictures"
    case is AllocationError:
      "--micro-batch N says how many pictures a replica takes at a time, --replicas how many there "
        + "are"
    case is CUDAError: "--device cpu computes on the processor"
    default: nil
    }
  }

  private static let raisingPixels = "--maximum-pixels N raises the limits"
}
