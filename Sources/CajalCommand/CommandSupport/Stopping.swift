import ArgumentParser
import Cajal
import Foundation

/// How a command that can be continued later reacts to signals.
enum Stopping {
  /// Begins to listen to the signals that ask for a stop. A pipe whose reader is gone is one of
  /// them: Ctrl-C ends `tee` before this command has written its checkpoint.
  static func signal() -> StopSignal {
    StopSignal([SIGINT, SIGTERM, SIGHUP, SIGPIPE], unlessIgnored: [SIGHUP, SIGPIPE])
  }

  /// Ends the command if a signal has arrived, with the status that a shell gives to what a signal
  /// ended.
  ///
  /// - Throws: `ExitCode`.
  static func exitIfStopped(by stop: StopSignal) throws {
    if let number = stop.receivedSignal { throw ExitCode(ExitStatus.signalBase + number) }
  }
}
