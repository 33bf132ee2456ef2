import Cajal
import Foundation
import Testing

/// What signals do belongs to the whole process, so that each of these runs in one of its own.
@Suite struct SignalTests {
  @Test func theFirstSignalOnlyAsks() async {
    await #expect(processExitsWith: .exitCode(7)) {
      let stop = StopSignal()
      precondition(!stop.isRequested)
      kill(getpid(), SIGTERM)
      while !stop.isRequested { sched_yield() }
      exit(7)
    }
  }

  @Test func theSecondOneEndsTheProcess() async {
    await #expect(processExitsWith: .signal(SIGINT)) {
      let stop = StopSignal()
      kill(getpid(), SIGINT)
      while !stop.isRequested { sched_yield() }
      kill(getpid(), SIGINT)
      while true { sched_yield() }
    }
  }

  @Test func theSecondOneMayBeOfAnotherKind() async {
    await #expect(processExitsWith: .signal(SIGTERM)) {
      let stop = StopSignal()
      kill(getpid(), SIGINT)
      while !stop.isRequested { sched_yield() }
      kill(getpid(), SIGTERM)
      while true { sched_yield() }
    }
  }

  @Test func withoutItSignalsHaveTheirUsualEffect() async {
    await #expect(processExitsWith: .signal(SIGTERM)) {
      withExtendedLifetime(StopSignal()) {}
      kill(getpid(), SIGTERM)
      while true { sched_yield() }
    }
  }

  @Test func aRequestNeedsNoSignal() {
    let stop = StopSignal([])
    #expect(!stop.isRequested)
    stop.request()
    #expect(stop.isRequested)
  }
}
