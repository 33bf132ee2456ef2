import CCajalKernels

/// The processors that this process may use.
enum Processors {
  /// As many as the process's affinity mask allows (`taskset`, a batch system), and no more than
  /// the processor time of its control groups lasts for (a container with `--cpus`): more threads
  /// would only take turns.
  ///
  /// Counted once, when it is first needed.
  static let usable: Int = {
    let inMask = Int(cajal_usable_processors())
    return max(min(inMask, quota(reading: contents(of:)) ?? inMask), 1)
  }()

  /// The processors that the control groups' time lasts for, rounded up, or `nil` without a limit.
  /// A group has no more time than those above it.
  ///
  /// - Parameter contents: the text of a file, `nil` where it is not there.
  static func quota(reading contents: (_ path: String) -> String?) -> Int? {
    var least: Double?
    for line in (contents("/proc/self/cgroup") ?? "").split(separator: "\n") {
      // number:controllers:path, and 0::path for version 2.
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let isUnified = fields[0] == "0" && fields[1].isEmpty
      guard isUnified || fields[1].split(separator: ",").contains("cpu") else { continue }
      let mount = isUnified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/\(fields[1])"
      // Inside of a container the path may be that of the host, which is not mounted; the mount is.
      let names = fields[2].split(separator: "/").filter { $0 != ".." }
      for depth in (0...names.count).reversed() {
        let group = names[..<depth].reduce(mount) { $0 + "/" + $1 }
        let share =
          isUnified ? unifiedShare(group, contents) : legacyShare(group, contents)
        if let share { least = min(share, least ?? share) }
      }
    }
    return least.flatMap { Int(exactly: $0.rounded(.up)) }
  }

  /// `cpu.max`: microseconds of processor time in a period, or `max`.
  private static func unifiedShare(_ group: String, _ contents: (String) -> String?) -> Double? {
    let words = contents(group + "/cpu.max")?.split(whereSeparator: \.isWhitespace) ?? []
    return words.count == 2 ? share(words[0], words[1]) : nil
  }

  /// Version 1 has a file for each of them; the time is -1 without a limit.
  private static func legacyShare(_ group: String, _ contents: (String) -> String?) -> Double? {
    guard let quota = contents(group + "/cpu.cfs_quota_us"),
      let period = contents(group + "/cpu.cfs_period_us")
    else { return nil }
    return share(quota, period)
  }

  private static func share(
    _ quotaText: some StringProtocol, _ periodText: some StringProtocol
  ) -> Double? {
    guard let quota = Double(String(quotaText.filter { !$0.isWhitespace })),
      let period = Double(String(periodText.filter { !$0.isWhitespace })), quota > 0, period > 0
    else { return nil }
    return quota / period
  }

  private static func contents(of path: String) -> String? {
    (try? Files.read(path, limit: 1 << 16)).map { String(decoding: $0, as: UTF8.self) }
  }
}
