import ArgumentParser
import Cajal
import Foundation

/// Signal handling of resumable commands.
enum Stopping {
  /// Handles the signals that request a stop, including SIGPIPE: Ctrl-C ends `tee` before this
  /// command has written its checkpoint.
  static func signal() -> StopSignal {
    StopSignal([SIGINT, SIGTERM, SIGHUP, SIGPIPE], unlessIgnored: [SIGHUP, SIGPIPE])
  }

  /// Exits if a signal has arrived, with the status that shells use for signals.
  ///
  /// - Throws: `ExitCode`.
  static func exitIfStopped(by stop: StopSignal) throws {
    if let number = stop.receivedSignal { throw ExitCode(ExitStatus.signalBase + number) }
  }
}
