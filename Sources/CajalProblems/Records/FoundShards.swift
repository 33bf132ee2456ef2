import CajalSupport

/// The shards of one set in a directory of another program.
///
/// Beside `NAME-train-00000-of-00010` and `NAME-dev-00000-of-00001` tensor2tensor writes
/// `NAME-unshuffled-train-…` before it shuffles a file, and `NAME-test-…` for problems with a third
/// split. A shard that is not shuffled serves as well: the order of tiles is drawn again for each
/// epoch. `.gz` may follow the name.
struct FoundShards {
  /// A file of the set.
  struct Shard: Sendable {
    /// The file's name in the directory.
    let file: String
    let isForEvaluation: Bool
  }

  /// The shards to read, those for training first, in order.
  let shards: [Shard]
  /// The shards of the set that are not read, and why.
  let leftOut: [DataSummary.Skip]

  /// Looks for the shards of a set named `storageName` or, where there is but one set, of that one.
  ///
  /// - Throws: ``ProblemError/unusableShards(_:reason:)`` when there are none or not all of them.
  init(in directory: String, named storageName: String) throws {
    let all = try Files.list(directory).compactMap { FoundShard($0) }
    let sets = Set(all.map(\.set))
    guard let set = sets.contains(storageName) || sets.count > 1 ? storageName : sets.first else {
      throw ProblemError.unusableShards(
        directory, reason: "there are none; their names end like -train-00000-of-00010")
    }
    let found = all.filter { $0.set == set }
    guard !found.isEmpty else {
      throw ProblemError.unusableShards(
        directory,
        reason: "they are of \(sets.sorted().joined(separator: ", ")) and not of \(storageName)")
    }
    func shards(_ split: FoundShard.Split) throws -> [Shard] {
      try FoundShard.whole(found.filter { $0.split == split }, in: directory).map {
        Shard(file: $0.file, isForEvaluation: split != .training)
      }
    }
    let (training, evaluation) = (try shards(.training), try shards(.evaluation))
    guard !training.isEmpty else {
      throw ProblemError.unusableShards(directory, reason: "there is no training shard of \(set)")
    }
    if evaluation.isEmpty {
      self.shards = training + (try shards(.test))
      leftOut = []
    } else {
      self.shards = training + evaluation
      leftOut = found.filter { $0.split == .test }.map {
        DataSummary.Skip(
          picture: $0.file, reason: "it is of the test split, and there are held-out (dev) shards")
      }
    }
  }
}

/// A file that is named like a shard of another program.
private struct FoundShard {
  enum Split: String { case training = "train", evaluation = "dev", test }

  let file: String
  /// The name of the set.
  let set: String
  let split: Split
  let index: Int
  let count: Int
  let isUnshuffled: Bool
  private let isPacked: Bool

  /// Parses the name; `nil` if it is not a shard's.
  init?(_ file: String) {
    self.file = file
    isPacked = file.hasSuffix(".gz")
    var parts = (isPacked ? file.dropLast(3) : file[...])
      .split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    guard parts.count >= 5, let split = Split(rawValue: parts[parts.count - 4]) else { return nil }
    self.split = split
    if split == .test { parts[parts.count - 4] = Split.evaluation.rawValue }
    guard let name = ShardName(parts.joined(separator: "-")) else { return nil }
    let suffix = "-unshuffled"
    isUnshuffled = name.storageName.hasSuffix(suffix) && name.storageName != suffix
    set = isUnshuffled ? String(name.storageName.dropLast(suffix.count)) : name.storageName
    (index, count) = (name.index, name.count)
  }

  /// Whether to prefer it to another file of the same shard. A program stopped while shuffling
  /// leaves complete unshuffled files and possibly a partial shuffled one.
  private func isPreferred(to other: FoundShard) -> Bool {
    isUnshuffled == other.isUnshuffled ? !isPacked && other.isPacked : isUnshuffled
  }

  /// One file for each shard of a split, in order.
  ///
  /// - Throws: ``ProblemError/unusableShards(_:reason:)`` where one is missing, or there are two
  ///   whole sets.
  static func whole(_ shards: [FoundShard], in directory: String) throws -> [FoundShard] {
    let sets = Dictionary(grouping: shards, by: \.count).sorted { $0.key < $1.key }.map {
      (count: $0.key, shards: Dictionary(grouping: $0.value, by: \.index))
    }
    let complete = sets.filter { $0.shards.count == $0.count }
    guard complete.count <= 1 else {
      throw ProblemError.unusableShards(
        directory,
        reason: "there are \(complete.map { "\($0.count)" }.joined(separator: " and ")) "
          + "\(shards[0].split.rawValue) shards of \(shards[0].set); leave one set there")
    }
    guard let set = complete.first ?? sets.first else { return [] }
    // The count comes from a file name: nothing is allocated before that many files exist.
    var whole: [FoundShard] = []
    while whole.count < set.count {
      let files = set.shards[whole.count] ?? []
      guard let file = files.first(where: { file in !files.contains { $0.isPreferred(to: file) } })
      else {
        let name = ShardName(
          storageName: shards[0].set, split: .training, index: whole.count, count: set.count)
        throw ProblemError.unusableShards(
          directory,
          reason: "the shard "
            + "\(name)".replacing("-train-", with: "-\(shards[0].split.rawValue)-")
            + " is missing")
      }
      whole.append(file)
    }
    return whole
  }
}
