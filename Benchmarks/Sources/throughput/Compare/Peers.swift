import Foundation

/// The peers' scripts and what runs them.
struct Peers {
  /// The folder of the scripts.
  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("peers")

  /// The Python interpreter, or `nil` with the reason in ``missing``.
  let python: URL?
  /// The library that unlocks MKL, or `nil` likewise.
  let unlockLibrary: URL?
  /// What there is not, each a sentence.
  let missing: [String]

  /// Looks for an interpreter that has PyTorch: the given one, that of `CAJAL_PEERS_PYTHON`, or
  /// that of `make peers`; and builds the library in `folder`.
  init(python path: String?, buildFolder: URL) {
    let environment = ProcessInfo.processInfo.environment
    let path =
      path ?? environment["CAJAL_PEERS_PYTHON"]
      ?? Self.folder.appendingPathComponent(".venv/bin/python").path
    let candidate = URL(fileURLWithPath: path)
    let check = try? ChildProcess(program: candidate, arguments: ["-c", "import torch"]).run()
    guard let check, check.status == 0 else {
      python = nil
      unlockLibrary = nil
      let reason = check.map { " (\($0.complaint))" } ?? ""
      missing = [
        "PyTorch is not compared with: \(path) has none\(reason); `make peers` installs it."
      ]
      return
    }
    python = candidate
    let library = buildFolder.appendingPathComponent("libunlock_mkl.so")
    let source = Self.folder.appendingPathComponent("unlock_mkl.c").path
    let build = try? ChildProcess.named(
      "cc", ["-shared", "-fPIC", "-O2", "-o", library.path, source]
    ).run()
    if let build, build.status == 0 {
      unlockLibrary = library
      missing = []
    } else {
      unlockLibrary = nil
      let reason = build?.complaint ?? "cc cannot be started"
      missing = ["PyTorch unlocked is not compared with: unlock_mkl.c was not built (\(reason))."]
    }
  }

  /// The process in which a contestant does a job; `nil` where what it takes is missing.
  func process(for job: Job, by contestant: Contestant, threads: Int?) -> ChildProcess? {
    let threads = contestant.threads ?? threads
    let shared =
      job.filters.flatMap { ["--filter", $0] } + (threads.map { ["--threads", String($0)] } ?? [])
    if contestant.isCajal {
      return ChildProcess(
        program: ChildProcess.ourselves, arguments: [job.subcommand, "--json"] + shared)
    }
    guard let python else { return nil }
    let script = Self.folder.appendingPathComponent(job.script).path
    var process = ChildProcess(
      program: python, arguments: [script] + shared + (contestant.isCompiled ? ["--compile"] : []))
    if contestant.isUnlocked {
      guard let unlockLibrary else { return nil }
      process.environment["LD_PRELOAD"] = unlockLibrary.path
    }
    return process
  }
}
