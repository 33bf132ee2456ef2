public import CajalImages
import CajalSupport
public import CajalTraining
internal import Foundation
import Synchronization

/// Writes the measurements of a training run for TensorBoard, as event files.
///
/// ```swift
/// let observer = TensorBoardObserver(folder: "runs/first/tensorboard", run: "runs/first")
/// try trainer.fit(data, steps: 2_000, observers: [observer])
/// ```
///
/// Each record of the log becomes scalars, such as `train/loss` and `evaluation/loss`, and the
/// configuration of the run a text. Each process writes a file of its own. That of a resumed run
/// says from which step on it continues, so that TensorBoard forgets later steps of earlier files;
/// each event is written at once and whole, so that a killed process leaves complete ones.
public final class TensorBoardObserver: TrainingObserver {
  /// The folder of the event files.
  public let folder: String
  private let run: String?
  private let state = Mutex(State())

  private struct State {
    var file: EventFileWriter?
    var resumedStep: Int?
  }

  /// An observer that creates its file with the first thing to write.
  ///
  /// - Parameters:
  ///   - folder: The folder of the event files, which is created.
  ///   - run: The run folder, whose configuration is written as text; `nil` for none.
  public init(folder: String, run: String? = nil) {
    self.folder = folder
    self.run = run
  }

  /// Writes what an event contains.
  ///
  /// - Throws: An error that names the file that cannot be written.
  public func observe(_ event: TrainingEvent) throws {
    switch event {
    case .resumed(let step, _): state.withLock { $0.resumedStep = step }
    case .recorded(let record):
      var summary = TFSummary()
      for (name, value) in record.values.sorted(by: { $0.key < $1.key }) where name != "seconds" {
        var scalar = TFSummary.Value()
        scalar.tag = "\(record.kind)/\(name)"
        scalar.simpleValue = Float(value)
        summary.value.append(scalar)
      }
      try write(summary, step: record.step)
    case .step, .evaluated, .saved, .skippedCheckpoint, .changedDevice: break
    }
  }

  /// Writes a picture, such as a panel of predictions.
  ///
  /// - Parameters:
  ///   - image: The picture, which is stored as PNG.
  ///   - name: What it shows.
  ///   - step: The number of updates made.
  /// - Throws: `ImageError`, or an error that names the file that cannot be written.
  public func write(_ image: Image, named name: String, step: Int) throws {
    var picture = TFSummary.Image()
    (picture.width, picture.height) = (Int32(image.width), Int32(image.height))
    picture.colorspace = Int32(image.channels)
    picture.encodedImageString = Data(try image.pngData())
    var value = TFSummary.Value()
    value.tag = name
    value.image = picture
    var summary = TFSummary()
    summary.value = [value]
    try write(summary, step: step)
  }

  private func write(_ summary: TFSummary, step: Int) throws {
    try state.withLock { state in
      let file = try state.file ?? begin(resumedStep: state.resumedStep)
      state.file = file
      try file.append(Self.event(step: step) { $0.summary = summary })
    }
  }

  /// Begins a file: where the run continues, and its configuration.
  private func begin(resumedStep: Int?) throws -> EventFileWriter {
    let file = try EventFileWriter(in: folder)
    var session = TFSessionLog()
    session.status = .start
    // TensorBoard forgets this step and later ones.
    let start = resumedStep.map { $0 + 1 } ?? 0
    try file.append(Self.event(step: start) { $0.sessionLog = session })
    if let run {
      let configuration = try Files.readText(
        RunFolder(existing: run).configurationPath, limit: 1 << 24)
      try file.append(
        Self.event(step: resumedStep ?? 0) {
          $0.summary.value = [.text(configuration, tag: "configuration")]
        })
    }
    return file
  }

  private static func event(step: Int, _ fill: (inout TFEvent) -> Void) -> TFEvent {
    var event = TFEvent()
    event.step = Int64(step)
    fill(&event)
    return event
  }
}

extension TFSummary.Value {
  /// A text as the text plugin takes it: Markdown, of which this is a listing.
  fileprivate static func text(_ text: String, tag: String) -> Self {
    var value = Self()
    value.tag = tag
    value.metadata.pluginData.pluginName = "text"
    value.tensor.dtype = .dtString
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let listing = lines.map { "    " + $0 }.joined(separator: "\n")
    value.tensor.stringVal = [Data(listing.utf8)]
    return value
  }
}
