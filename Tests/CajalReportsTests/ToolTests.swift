import CajalImages
import CajalTraining
import Foundation
import Testing

@testable import CajalReports

/// Programs that only some machines have.
enum Tool {
  /// A browser without a window.
  static let chromium = ["chromium", "chromium-browser", "google-chrome"].lazy.compactMap(find)
    .first

  /// A Python with TensorBoard, perhaps named by `CAJAL_PYTHON`.
  static let python = [ProcessInfo.processInfo.environment["CAJAL_PYTHON"], "python3"].lazy
    .compactMap { $0.flatMap(find) }
    .first { (try? run($0, ["-c", "import tensorboard"]))?.status == 0 }

  private static func find(_ name: String) -> String? {
    guard !name.isEmpty else { return nil }
    if name.contains("/") { return FileManager.default.isExecutableFile(atPath: name) ? name : nil }
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return path.split(separator: ":").map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// Runs a program and returns what it printed.
  static func run(_ program: String, _ arguments: [String]) throws -> (
    status: Int32, output: String
  ) {
    let folder = try TemporaryFolder()
    let output = try folder.write("", to: "output")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
    try process.run()
    process.waitUntilExit()
    return (process.terminationStatus, try String(contentsOfFile: output, encoding: .utf8))
  }
}

@Suite struct ToolTests {
  /// What a browser shows of a report, by its own document.
  @Test(.enabled(if: Tool.chromium != nil, "there is no chromium"))
  func browsersShowReports() throws {
    let folder = try TemporaryFolder()
    let paths = [
      try folder.writeRun("first", count: 70),
      try folder.writeRun("second", count: 60, configuration: #"{"steps":700}"#),
    ]
    let page = folder.path + "/report.html"
    try Report(try RecordedRun.runs(contentsOf: paths), title: "Two <runs>").write(to: page)
    let shown = try Tool.run(
      try #require(Tool.chromium),
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=\(folder.path)/profile",
        "--dump-dom", "file://\(page)",
      ])
    #expect(shown.status == 0)
    for text in [
      "<h1>Two &lt;runs&gt;</h1>", "Loss over steps</h3>", "Loss over time</h3>",
      "Images per second</h3>", "first, ac=0.", "second, held out", "≠ 700",
      "2 of 2 values differ", "700 of 900",
    ] {
      #expect(shown.output.contains(text), "\(text)")
    }
    // Elements that the parser had to repair would be elsewhere or twice.
    #expect(
      shown.output.matches(of: /<svg/).count
        == (try Report(RecordedRun.runs(contentsOf: paths))).html.matches(of: /<svg/).count)
  }

  private static let listing = """
    import sys
    from tensorboard.backend.event_processing import event_accumulator
    events = event_accumulator.EventAccumulator(sys.argv[1], {"scalars": 0, "images": 0, "tensors": 0})
    events.Reload()
    for tag in sorted(events.Tags()["scalars"]):
        print(tag, [(event.step, round(event.value, 4)) for event in events.Scalars(tag)])
    for tag in sorted(events.Tags()["images"]):
        print(tag, [(event.step, event.width, event.height) for event in events.Images(tag)])
    for tag in sorted(events.Tags()["tensors"]):
        metadata = events.SummaryMetadata(tag).plugin_data.plugin_name
        print(tag, metadata, [event.tensor_proto.string_val[0].decode() for event in events.Tensors(tag)])
    """

  /// TensorBoard's own reader finds what was written, each step once although the run was resumed.
  @Test(.enabled(if: Tool.python != nil, "there is no python3 with tensorboard; see CAJAL_PYTHON"))
  func tensorBoardReadsWhatIsWritten() throws {
    let folder = try TemporaryFolder()
    try folder.write("{}", to: "run/config.json")
    let events = folder.path + "/events"
    for (resumed, steps) in [(nil, [10, 20, 30]), (20, [30, 40])] as [(Int?, [Int])] {
      let observer = TensorBoardObserver(folder: events, run: folder.path + "/run")
      if let resumed { try observer.observe(.resumed(step: resumed, checkpoint: "")) }
      for step in steps {
        let values = ["loss": Double(step) / 16, "seconds": 1]
        try observer.observe(.recorded(LogRecord(kind: "train", step: step, values: values)))
      }
      let image = Image(width: 5, height: 4, channels: 1, filledWith: 9)
      try observer.write(image, named: "predictions", step: steps[1])
    }
    let read = try Tool.run(try #require(Tool.python), ["-c", Self.listing, events])
    #expect(
      read.output == """
        train/loss [(10, 0.625), (20, 1.25), (30, 1.875), (40, 2.5)]
        predictions [(20, 5, 4), (40, 5, 4)]
        configuration text ['    {}', '    {}']

        """)
  }

  private static let writing = """
    import sys, time
    from tensorboard.compat.proto import event_pb2, summary_pb2
    from tensorboard.summary.writer.event_file_writer import EventFileWriter
    from tensorboard.plugins.scalar import summary_v2
    writer = EventFileWriter(sys.argv[1])
    for step in range(1, 4):
        value = summary_pb2.Summary.Value(tag="loss", simple_value=step / 8)
        summary = summary_pb2.Summary(value=[value])
        writer.add_event(event_pb2.Event(step=step, wall_time=50 + step, summary=summary))
        summary = summary_v2.scalar_pb("accuracy", step / 4)
        writer.add_event(event_pb2.Event(step=step, wall_time=50 + step, summary=summary))
    writer.close()
    """

  @Test(.enabled(if: Tool.python != nil, "there is no python3 with tensorboard; see CAJAL_PYTHON"))
  func filesOfTensorBoardAreRead() throws {
    let folder = try TemporaryFolder()
    #expect(try Tool.run(try #require(Tool.python), ["-c", Self.writing, folder.path]).status == 0)
    let run = try RecordedRun(contentsOf: folder.path)
    #expect(run.losses(.training)?.measurements.values == [0.125, 0.25, 0.375])
    #expect(run.losses(.training)?.measurements.seconds == [0, 1, 2])
    let accuracy = run.measurements[.init(kind: .training, name: "accuracy")]
    #expect(accuracy?.values == [0.25, 0.5, 0.75])
  }
}
