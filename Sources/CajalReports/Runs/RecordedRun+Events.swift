import CajalSupport

extension RecordedRun {
  /// Reads event files of any program: those of a folder and of folders in it that are named for
  /// training or held-out values, or one file.
  ///
  /// - Throws: `FileError` when there are none, or none can be read.
  mutating func readEvents(in path: String) throws {
    var files: [(path: String, kind: Measurements.Kind?)] = []
    if Files.isDirectory(path) {
      files = try EventFile.files(in: path).map { ($0, nil) }
      for name in try Files.list(path) where Files.isDirectory("\(path)/\(name)") {
        guard let kind = EventTag.kind(ofFolder: name) else { continue }
        files += try EventFile.files(in: "\(path)/\(name)").map { ($0, kind) }
      }
    } else {
      files = [(path, nil)]
    }
    guard !files.isEmpty else {
      throw FileError(path: path, attempt: "read", reason: Self.emptiness(of: path))
    }
    for kind in [nil, .training, .heldOut] as [Measurements.Kind?] {
      try read(files.filter { $0.kind == kind }.map(\.path), kind)
    }
    // A damaged file among others is noted; one that was named has to be an event file.
    if files[0].path == path, measurements.isEmpty, pictures.isEmpty, !notes.isEmpty {
      throw FileError(
        path: path, attempt: "read", reason: "it is not an event file of TensorBoard")
    }
    beginAtFirstTime()
  }

  /// Why a folder is not that of a run, and which are in it.
  private static func emptiness(of path: String) -> String {
    let below = (try? RunSearch.runs(below: path)) ?? []
    guard !below.isEmpty else {
      return "it has neither a log.jsonl nor event files (events.out.tfevents.…)"
    }
    let names = below.prefix(3).joined(separator: ", ")
    return "it is no run itself; below it there are \(names)\(below.count > 3 ? ", …" : "")"
  }

  /// Reads files that continue each other. A program that continues from a checkpoint says so at the
  /// beginning of its file, and later steps of earlier files do not count.
  private mutating func read(_ files: [String], _ kind: Measurements.Kind?) throws {
    var own: [Measurements.Measure: Measurements] = [:]
    var pictures: [String: PictureSequence] = [:]
    for path in files {
      var file = try EventFile(path)
      while let event = try file.next() {
        let step = Int(event.step)
        switch event.what {
        case .sessionLog(let session) where session.status == .start:
          for measure in own.keys { own[measure]?.remove(from: step) }
          for tag in pictures.keys { pictures[tag]?.remove(from: step) }
        case .summary(let summary):
          for value in summary.value {
            if let number = value.scalar {
              own[EventTag.measure(value.tag, folder: kind), default: Measurements()]
                .append(step: step, seconds: event.wallTime, value: number)
            } else if let picture = value.picture {
              pictures[value.tag, default: PictureSequence()]
                .append(RecordedPicture(step: step, source: .bytes([UInt8](picture))))
            }
          }
        default: break
        }
      }
      if let note = file.note { notes.append(note) }
    }
    measurements.merge(own.filter { !$0.value.values.isEmpty }) { first, _ in first }
    self.pictures.merge(pictures) { first, _ in first }
  }

  /// Makes times of day seconds since the first value.
  private mutating func beginAtFirstTime() {
    let times = measurements.values.lazy.flatMap(\.seconds).filter { $0.isFinite && $0 > 0 }
    guard let first = times.min() else { return }
    for measure in measurements.keys { measurements[measure]?.moveTimes(by: -first) }
  }
}
