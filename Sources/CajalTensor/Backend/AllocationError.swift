/// A device that cannot give the memory asked for.
public struct AllocationError: Error, Sendable, Hashable {
  /// The device's name.
  public let device: String
  /// The bytes asked for.
  public let requestedBytes: Int
  /// The bytes that the device has given out or keeps for later.
  public let heldBytes: Int
  /// The bytes of the device's whole memory, if it is known.
  public let totalBytes: Int?
  /// The bytes of it that nobody has, if that is known: other programs may use the device too.
  public let freeBytes: Int?

  /// What was asked and what is there.
  package init(
    device: String, requestedBytes: Int, heldBytes: Int, totalBytes: Int?, freeBytes: Int? = nil
  ) {
    self.device = device
    self.requestedBytes = requestedBytes
    self.heldBytes = heldBytes
    self.totalBytes = totalBytes
    self.freeBytes = freeBytes
  }
}

extension AllocationError: CustomStringConvertible {
  /// One line with what was asked, what is held, what there is, and what takes less.
  public var description: String {
    "\(device) has no memory for \(requestedBytes) bytes: it holds \(heldBytes)"
      + (totalBytes.map { " of \($0)" } ?? "") + " bytes"
      + (freeBytes.map { ", and \($0) are free" } ?? "")
      + "; smaller micro-batches and fewer replicas take less"
  }
}
