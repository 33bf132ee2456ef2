import CajalSupport

/// The panels of predictions in a run folder: `panels/step-00001000.png`.
public enum RunPanels {
  /// The folder of a run's panels.
  public static func folder(ofRun path: String) -> String { path + "/panels" }

  /// The file of the panel of a step.
  public static func path(step: Int, in folder: String) -> String {
    "\(folder)/step-\(step.zeroPadded(to: 8)).png"
  }

  /// The steps of the panels in a folder, ascending.
  ///
  /// - Throws: `FileError` when the folder cannot be listed.
  public static func steps(in folder: String) throws -> [Int] {
    try Files.list(folder).compactMap { name in
      guard name.hasPrefix("step-"), name.hasSuffix(".png"),
        let step = Int(name.dropFirst(5).dropLast(4)), step >= 0,
        path(step: step, in: folder) == "\(folder)/\(name)"
      else { return nil }
      return step
    }.sorted()
  }

  /// Removes the panels of later steps than `step`, which a run resumed from there draws again.
  ///
  /// - Throws: `FileError`.
  public static func remove(after step: Int, in folder: String) throws {
    guard Files.isDirectory(folder) else { return }
    for later in try steps(in: folder) where later > step {
      try Files.remove(path(step: later, in: folder))
    }
  }
}
