/// What a tag of an event file measures: programs write `loss`, `train/loss`, `Loss/train`,
/// `epoch_loss` or `val_loss`, or put held-out values into a folder `eval`.
enum EventTag {
  private static let training: Set = ["train", "training", "epoch", "batch"]
  private static let heldOut: Set = [
    "eval", "evaluation", "val", "valid", "validation", "dev", "test", "heldout", "held-out",
  ]

  /// The measure of a tag in a file whose folder says `folder`, if that says something.
  static func measure(_ tag: String, folder: Measurements.Kind?) -> Measurements.Measure {
    var kind = folder
    var components = tag.split(separator: "/").map(String.init).filter { component in
      guard let word = self.kind(ofWord: component) else { return true }
      kind = word
      return false
    }
    if let last = components.popLast() {
      let words = last.split(separator: "_", maxSplits: 1).map(String.init)
      if words.count == 2, let word = self.kind(ofWord: words[0]) {
        if word == .heldOut || kind == nil { kind = word }
        components.append(words[1])
      } else {
        components.append(last)
      }
    }
    let name = components.isEmpty ? tag : components.joined(separator: "/")
    let isCommon = ["loss", "learning_rate", "nats"].contains(name.lowercased())
    return Measurements.Measure(kind: kind ?? .training, name: isCommon ? name.lowercased() : name)
  }

  /// Whether a folder is named for training or held-out values: `eval`, `eval_holdout`,
  /// `validation`.
  static func kind(ofFolder name: String) -> Measurements.Kind? {
    name.split { "_-.".contains($0) }.lazy.compactMap { kind(ofWord: String($0)) }.first
  }

  private static func kind(ofWord word: String) -> Measurements.Kind? {
    let word = word.lowercased()
    if training.contains(word) { return .training }
    return heldOut.contains(word) ? .heldOut : nil
  }
}
