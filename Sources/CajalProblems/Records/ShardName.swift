import CajalSupport

/// The name of a file of a set of shards, as tensor2tensor names them:
/// `img2img_allen_brain-train-00007-of-00100`.
struct ShardName: Hashable {
  /// The split of a shard.
  enum Split: String, Hashable { case training = "train", evaluation = "dev" }

  /// The common prefix of a problem's shards.
  var storageName: String
  var split: Split
  /// The number of the file, from 0.
  var index: Int
  /// The number of files.
  var count: Int
}

extension ShardName: LosslessStringConvertible {
  /// The name of the file.
  var description: String {
    "\(storageName)-\(split.rawValue)-\(index.zeroPadded(to: 5))-of-\(count.zeroPadded(to: 5))"
  }

  /// The name that a file has, or `nil` when it is not a shard's.
  init?(_ file: String) {
    let parts = file.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    guard parts.count >= 5, parts[parts.count - 2] == "of",
      let split = Split(rawValue: parts[parts.count - 4]), let index = Int(parts[parts.count - 3]),
      let count = Int(parts[parts.count - 1]), (0..<count).contains(index)
    else { return nil }
    storageName = parts.dropLast(4).joined(separator: "-")
    self.split = split
    self.index = index
    self.count = count
    // Other spellings of the numbers would make names ambiguous.
    guard description == file, !storageName.isEmpty else { return nil }
  }
}
