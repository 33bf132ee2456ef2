import CajalSupport
import Foundation

extension RunFolder {
  /// Writes a checkpoint atomically, then deletes the oldest ones.
  ///
  /// - Parameters:
  ///   - checkpoint: What to write, as `step-00001000.safetensors` for step 1000.
  ///   - keeping: How many checkpoints stay, counting this one; at least 1.
  /// - Returns: The path of the new file.
  /// - Throws: An error that names the file and the reason; the older checkpoints are then as they
  ///   were.
  @discardableResult
  public func write(_ checkpoint: Checkpoint, keeping: Int) throws -> String {
    require(keeping >= 1, "at least one checkpoint is kept, not \(keeping)")
    let path = checkpointPath(step: checkpoint.step)
    try checkpoint.write(to: path)
    // A later step can be there when the run was resumed from an earlier checkpoint: files after
    // the newest valid one belong to an abandoned continuation and must not cause the new file to
    // be deleted.
    let others = try checkpointSteps().filter { $0 != checkpoint.step }
    let older = others.filter { $0 < checkpoint.step }
    for step in older.dropLast(keeping - 1) + others.filter({ $0 > checkpoint.step }) {
      let old = checkpointPath(step: step)
      let deleted = SystemCall(old) { unlink($0) }
      if deleted.code != ENOENT { try deleted.value(path: old, attempt: "delete") }
    }
    return path
  }

  /// The steps of all checkpoint files, ascending, whether or not they are good.
  ///
  /// - Throws: An error when the folder cannot be listed.
  public func checkpointSteps() throws -> [Int] {
    guard Files.isDirectory(checkpointsPath) else { return [] }
    return try Files.list(checkpointsPath).compactMap { name in
      guard name.hasPrefix("step-"), name.hasSuffix(".safetensors") else { return nil }
      guard let step = Int(name.dropFirst(5).dropLast(12)), step >= 0,
        checkpointPath(step: step) == "\(checkpointsPath)/\(name)"
      else { return nil }
      return step
    }.sorted()
  }

  /// Finds the newest checkpoint that is complete and readable.
  ///
  /// - Parameter report: Is called with one line for each newer one that had to be skipped.
  /// - Returns: `nil` when there is no good one.
  /// - Throws: An error when the folder cannot be listed.
  public func latestCheckpoint(report: (String) -> Void = { _ in }) throws -> CheckpointFile? {
    for step in try checkpointSteps().reversed() {
      do {
        return try checkpoint(step: step)
      } catch {
        report("\(error)")
      }
    }
    return nil
  }

  /// Opens the checkpoint of a step.
  ///
  /// - Throws: An error that names the file when it is not a good checkpoint of that step.
  public func checkpoint(step: Int) throws -> CheckpointFile {
    let file = try CheckpointFile(contentsOf: checkpointPath(step: step))
    guard file.step == step else {
      throw FileError(
        path: file.path, attempt: "read",
        reason: "it is of step \(file.step), which is not the step of its name")
    }
    return file
  }

  /// The path of the checkpoint of a step, which may not exist.
  public func checkpointPath(step: Int) -> String {
    "\(checkpointsPath)/step-\(step.zeroPadded(to: 8)).safetensors"
  }
}
