import CajalAutodiff
import CajalTensor
import Foundation
import Testing

/// What a program says when it stops because of a programmer error.
///
/// `make test` builds the tests optimized, where `precondition` prints no message.
@Suite struct SentenceTests {
  /// A program with a mistake, which `make test` builds optimized beside the tests.
  private static let mistake: URL = {
    let runner =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      .map { URL(fileURLWithPath: $0) } ?? Bundle.main.bundleURL
    return runner.deletingLastPathComponent().appendingPathComponent("ShapeMismatch")
  }()

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: mistake.path)))
  func ofAProgramOfAClient() throws {
    let process = Process()
    let errors = Pipe()
    process.executableURL = Self.mistake
    process.standardError = errors
    process.environment = ProcessInfo.processInfo.environment
      .merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
    try process.run()
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal)
    #expect(
      text.contains(
        """
        Fatal error: a kernel [rows, columns, channels / groups, result channels] of \
        [3, 3, 4, 16] with 1 groups does not fit pictures of [1, 8, 8, 3]
        """), "\(text)")
  }

  @Test func ofOperandsOnTwoTapes() async {
    expectSentence(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tape().variable(Tensor([1])) + Tape().variable(Tensor([2]))
      }, "the operands of an operation are on one tape")
    expectSentence(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let kernel = Tape().constant(Tensor([2], shape: [1, 1]))
        _ = Tape().constant(Tensor([1], shape: [1, 1])).dense(kernel)
      }, "the operands of an operation are on one tape")
  }

  @Test func ofAxesThatAreNotThere() async {
    expectSentence(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tape().variable(Tensor([1, 2])).mean(axis: 1)
      }, "shape [2] has no axis 1")
  }
}

/// Expects that a process ended with a sentence on standard error.
func expectSentence(
  _ result: ExitTest.Result?, _ sentence: String, _ location: SourceLocation = #_sourceLocation
) {
  let errors = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  #expect(errors.contains(sentence), "\(errors)", sourceLocation: location)
}
