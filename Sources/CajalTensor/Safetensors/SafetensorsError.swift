import CajalSupport
public import Foundation

/// Errors from reading a safetensors file, or one tensor of it: one line with its name.
public struct SafetensorsError: Error, Sendable, Hashable {
  /// The file.
  public let path: String
  /// What is wrong with it, without its name.
  public let reason: String

  init(_ path: String, _ reason: String) {
    self.path = path
    self.reason = reason
  }

  /// Runs an operation that reads a file; a `FileError` becomes an error of this type.
  static func wrapping<Result>(_ operation: () throws -> Result) throws -> Result {
    do {
      return try operation()
    } catch let error as FileError {
      throw SafetensorsError(error.path, error.reason)
    }
  }
}

extension SafetensorsError: CustomStringConvertible, LocalizedError {
  /// The file's name and the reason.
  public var description: String { "cannot read \(path): \(reason)" }
  /// The same as ``description``.
  public var errorDescription: String? { description }
}
