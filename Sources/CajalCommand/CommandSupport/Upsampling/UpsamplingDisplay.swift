import Cajal
import Foundation
import Synchronization

/// The progress of several pictures, with the time that is left.
final class UpsamplingDisplay: Sendable {
  private let line: ProgressLine
  /// The pixels of each picture, as far as they are known.
  private let expected: [Int]
  private let begin = Date()
  private let state = Mutex(State())

  private struct State: Sendable {
    /// The pixels of pictures that are done.
    var done = 0.0
    var picture = 0
    /// The pixels of the present picture, and its share that is finished.
    var pixels = 0.0, share = 0.0
    /// Pixels that an earlier call had finished.
    var resumed = 0.0
  }

  /// - Parameters:
  ///   - line: Where it is shown.
  ///   - expected: The pixels of each picture, as far as they are known.
  init(_ line: ProgressLine, expected: [Int]) {
    (self.line, self.expected) = (line, expected)
  }

  /// Begins with the next picture.
  func begin(pixels: Int) {
    state.withLock { state in
      state.done += state.pixels
      state.picture += 1
      (state.pixels, state.share) = (Double(pixels), 0)
    }
  }

  /// Says which share of the picture was finished before.
  func resume(share: Double) {
    state.withLock { state in
      state.share = share
      state.resumed += share * state.pixels
    }
  }

  /// Shows which share of the picture is finished.
  func show(share: Double) {
    let state = state.withLock { state in
      state.share = share
      return state
    }
    let done = state.done + share * state.pixels
    let total = Double(expected.dropFirst(state.picture).reduce(0, +)) + state.done + state.pixels
    let elapsed = Date().timeIntervalSince(begin)
    let now = done - state.resumed
    let left = now > 0 ? elapsed / now * (total - done) : nil
    let which = expected.count > 1 ? " picture \(state.picture) of \(expected.count)" : ""
    let percent = Int(min(max(done / max(total, 1), 0), 1) * 100)
    line.show(
      "decoding\(which): \(percent) %"
        + (left.map { ", \(ProgressBar.clock($0)) left" } ?? ""))
  }

  /// The share of the present picture that is finished.
  var share: Double { state.withLock { $0.share } }
}
