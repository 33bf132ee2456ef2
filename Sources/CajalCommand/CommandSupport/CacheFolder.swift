import ArgumentParser
import CajalSupport
import Foundation

/// The default folder of downloads, without `--cache`.
enum CacheFolder {
  /// The folder in the user's home folder.
  ///
  /// - Throws: an error that names the option where there is no home folder.
  static func standard(
    environment: [String: String] = ProcessInfo.processInfo.environment,
    accountHome: String? = accountHome
  ) throws -> String {
    let given = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 }
    guard let home = given ?? accountHome, !home.isEmpty else {
      throw ValidationError(
        "there is no home folder to keep downloads in (HOME is not set); name a folder with --cache"
      )
    }
    guard Files.isDirectory(home) else {
      throw ValidationError(
        "the home folder \(home) to keep downloads in is not there; name another with --cache"
      )
    }
    return (home == "/" ? "" : home) + "/.cache/cajal/sections"
  }

  /// The home folder of the account that the process runs under; `nil` where it has no entry, as in
  /// a container that runs under a number.
  private static var accountHome: String? {
    getpwuid(getuid())?.pointee.pw_dir.map { String(cString: $0) }
  }
}
