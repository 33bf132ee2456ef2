public import Foundation

/// Why a safetensors file, or one tensor of it, could not be read: one line with its name.
public struct SafetensorsError: Error, Sendable, Hashable {
  /// The file.
  public let path: String
  /// What is wrong with it, without its name.
  public let reason: String

  init(_ path: String, _ reason: String) {
    self.path = path
    self.reason = reason
  }
}

extension SafetensorsError: CustomStringConvertible, LocalizedError {
  /// The file's name and the reason.
  public var description: String { "cannot read \(path): \(reason)" }
  /// The same as ``description``.
  public var errorDescription: String? { description }
}
