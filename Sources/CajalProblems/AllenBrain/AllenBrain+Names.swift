extension AllenBrain {
  /// The problem with a name such as `allen-brain-24to32`, `allen-brain-inpainting16` or
  /// `allen-brain-identity64`, of sizes up to 1024 pixels; `nil` for other names.
  ///
  /// A target is not smaller than its input. From twice the input's size on it is a whole multiple
  /// of it; below that the ratio can be any, such as 1.25.
  public init?(named name: String) {
    guard name.hasPrefix("allen-brain-") else { return nil }
    let task = name.dropFirst("allen-brain-".count)
    func size(_ text: some StringProtocol) -> Int? {
      Int(text).flatMap { Self.possibleSizes.contains($0) ? $0 : nil }
    }
    if task.hasPrefix("inpainting"), let size = size(task.dropFirst("inpainting".count)) {
      self.init(.inpainting(size: size))
    } else if task.hasPrefix("identity"), let size = size(task.dropFirst("identity".count)) {
      self.init(.identity(size: size))
    } else {
      let sizes = task.split(separator: "to", omittingEmptySubsequences: false).map { size($0) }
      guard sizes.count == 2, let from = sizes[0], let to = sizes[1],
        Self.reasonAgainst(from: from, to: to) == nil
      else {
        return nil
      }
      self.init(.upsampling(from: from, to: to))
    }
    // Other spellings of the numbers would give a problem two names.
    guard self.name == name else { return nil }
  }

  /// The reason why a target of `to` pixels cannot be learned from `from` pixels, or `nil` if it
  /// can.
  private static func reasonAgainst(from: Int, to: Int) -> String? {
    guard from <= to else { return "its target is smaller than its input" }
    guard to >= 2 * from, to % from != 0 else { return nil }
    return "from twice its input on, a target is a whole multiple of it, such as "
      + "\(from)to\(to / from * from) or \(from)to\((to / from + 1) * from)"
  }

  /// Explains a name that has the form of one of the problems, but sizes that cannot be.
  ///
  /// - Throws: ``ProblemError/unfitSizes(problem:reason:)``.
  static func checkSizes(inName name: String) throws {
    guard
      let match = name.wholeMatch(of: /allen-brain-(?:([0-9]+)to|inpainting|identity)([0-9]+)/)
    else { return }
    func fail(_ reason: String) throws {
      throw ProblemError.unfitSizes(problem: name, reason: reason)
    }
    let sizes = [match.1 ?? match.2, match.2].map { Int($0) ?? .max }
    guard sizes.allSatisfy(possibleSizes.contains) else {
      return try fail(
        "sizes are from \(possibleSizes.lowerBound) to \(possibleSizes.upperBound) pixels")
    }
    if let reason = reasonAgainst(from: sizes[0], to: sizes[1]) { try fail(reason) }
  }

  /// Rows and columns of inputs and targets.
  private static let possibleSizes = 1...1024
}
