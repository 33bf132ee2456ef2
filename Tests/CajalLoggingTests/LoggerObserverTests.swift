import Cajal
import CajalLogging
import Logging
import Synchronization
import Testing

@Suite struct LoggerObserverTests {
  /// Keeps what is logged.
  private final class Messages: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func add(_ line: String) { lines.withLock { $0.append(line) } }
  }

  private struct Handler: LogHandler {
    let messages: Messages
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      messages.add(
        "\(event.level): \(event.message) \(event.metadata?["step"]?.description ?? "-")")
    }
  }

  @Test func eventsAreLoggedAtTheirLevels() {
    let messages = Messages()
    let observer = LoggerObserver(
      Logger(label: "test") { _ in Handler(messages: messages) }, every: 2)
    observer.observe(.skippedCheckpoint(reason: "a is damaged"))
    for step in 1...3 {
      observer.observe(
        .step(
          TrainingEvent.Step(
            step: step, steps: 4, firstStep: 0, loss: 1, losses: [("loss", 1)], lossUnit: "nats",
            gradientNorm: 1, learningRate: 0.1, imagesPerSecond: 8, elapsed: 1)))
    }
    observer.observe(.saved(step: 4, checkpoint: "c"))
    #expect(
      messages.all == [
        "warning: skipped: a is damaged -",
        "debug: step 2/4: loss 1.0000 nats, 8.0 images/s 2", "info: step 4: wrote c 4",
      ])
  }
}
