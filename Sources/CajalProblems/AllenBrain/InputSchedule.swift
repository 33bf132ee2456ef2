import CajalSupport

/// Input sizes for the first part of a run, so that it can start with an easier ratio.
public struct InputSchedule: Sendable, Hashable {
  /// A part of the run.
  public struct Phase: Sendable, Hashable {
    /// Rows and columns of an input.
    public let size: Int
    /// The number of steps.
    public let steps: Int

    /// The maximum number of steps of a phase.
    static let maximumSteps = 1_000_000_000

    /// Inputs of `size` pixels a side for a number of steps.
    public init(size: Int, steps: Int) {
      require(
        size > 0 && (1...Self.maximumSteps).contains(steps),
        "a phase has an input and from 1 to \(Self.maximumSteps) steps, not \(size) and \(steps)")
      self.size = size
      self.steps = steps
    }
  }

  /// The parts before the one with the problem's own input size.
  public let phases: [Phase]

  /// A schedule; without phases every input has the problem's own size.
  public init(_ phases: [Phase] = []) { self.phases = phases }

  /// Rows and columns of an input at a step, or `nil` when it is the problem's own.
  public func size(atStep step: Int) -> Int? {
    var end = 0
    for phase in phases {
      end += phase.steps
      if step < end { return phase.size }
    }
    return nil
  }
}

extension InputSchedule: LosslessStringConvertible {
  /// The schedule as options spell it: `24:1000,16:2000` is 24 pixels for 1000 steps, then 16 for
  /// 2000; `none` without phases.
  public var description: String {
    phases.isEmpty
      ? "none" : phases.map { "\($0.size):\($0.steps)" }.joined(separator: ",")
  }

  /// The schedule with the given spelling, or `nil`.
  public init?(_ description: String) {
    guard description != "none" else {
      self.init()
      return
    }
    var phases: [Phase] = []
    for part in description.split(separator: ",", omittingEmptySubsequences: false) {
      let numbers = part.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
      guard numbers.count == 2, let size = numbers[0], let steps = numbers[1],
        size > 0, (1...Phase.maximumSteps).contains(steps)
      else { return nil }
      phases.append(Phase(size: size, steps: steps))
    }
    self.init(phases)
  }
}
