import CajalSupport
import CajalTraining

extension RecordedRun {
  /// Reads a log. Its `seconds` begin again with each process, and are added up.
  ///
  /// - Throws: `FileError` when the file cannot be read.
  mutating func readLog(_ path: String) throws {
    let (records, brokenLines) = try TrainingLog.readableRecords(contentsOf: path)
    if !brokenLines.isEmpty {
      let some = brokenLines.prefix(5).map(String.init).joined(separator: ", ")
      notes.append(
        "\(path): lines that are not records of a training log are left out: \(some)"
          + (brokenLines.count > 5 ? " and \(brokenLines.count - 5) more" : ""))
    }
    var (earlier, latest) = (0.0, 0.0)
    for record in records {
      if let seconds = record["seconds"], seconds.isFinite {
        if earlier + seconds < latest { earlier = latest }
        latest = earlier + seconds
      }
      let kind: Measurements.Kind = record.kind == "train" ? .training : .heldOut
      for (name, value) in record.values where name != "seconds" {
        append(value, to: .init(kind: kind, name: name), record.step, latest)
      }
    }
  }

  mutating func readConfiguration() {
    let file = path + "/config.json"
    guard Files.exists(file) else { return }
    note { run in run.configuration = try JSONTree(contentsOf: file).flattened() }
  }

  /// Reads `evaluation.json`, and others whose names begin so: what `cajal evaluate --json` prints.
  mutating func readEvaluations() {
    note { run in
      for name in try Files.list(run.path)
      where name.hasPrefix("evaluation") && name.hasSuffix(".json") {
        let file = "\(run.path)/\(name)"
        run.note { run in
          run.evaluations.append((String(name.dropLast(5)), try JSONTree(contentsOf: file)))
        }
      }
    }
  }

  /// Finds the panels of predictions, `panels/step-00001000.png`.
  mutating func readPanels() {
    let folder = RunPanels.folder(ofRun: path)
    guard Files.isDirectory(folder) else { return }
    note { run in
      var panels = PictureSequence()
      for step in try RunPanels.steps(in: folder) {
        panels.append(
          RecordedPicture(step: step, source: .file(RunPanels.path(step: step, in: folder))))
      }
      if panels.count > 0 { run.pictures["predictions"] = panels }
    }
  }

  /// Does work whose failure is noted.
  mutating func note(_ body: (inout RecordedRun) throws -> Void) {
    do { try body(&self) } catch { notes.append("\(error)") }
  }
}
