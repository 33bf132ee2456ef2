import Cajal
import Foundation
import Testing

/// Which signal has arrived, and SIGHUP; each in a process of its own.
@Suite struct HangUpTests {
  @Test(arguments: [SIGINT, SIGTERM, SIGHUP]) func theSignalIsTold(number: Int32) async {
    await #expect(processExitsWith: .exitCode(7)) { [number] in
      let stop = StopSignal()
      precondition(stop.receivedSignal == nil)
      kill(getpid(), number)
      while !stop.isRequested { sched_yield() }
      precondition(stop.receivedSignal == number)
      exit(7)
    }
  }

  /// A closed terminal may send it twice, and SIGTERM may come beside it.
  @Test func aHangUpNeverEndsTheProcess() async {
    await #expect(processExitsWith: .exitCode(7)) {
      let stop = StopSignal()
      for number in [SIGHUP, SIGHUP, SIGTERM, SIGHUP] {
        // To this thread, so that it has been handled when the call returns.
        pthread_kill(pthread_self(), number)
      }
      precondition(stop.receivedSignal == SIGHUP)
      exit(7)
    }
  }

  /// As under `nohup`.
  @Test func aHangUpThatIsIgnoredStaysIgnored() async {
    await #expect(processExitsWith: .exitCode(7)) {
      signal(SIGHUP, SIG_IGN)
      let stop = StopSignal()
      pthread_kill(pthread_self(), SIGHUP)
      precondition(!stop.isRequested)
      exit(7)
    }
  }

  @Test func aRequestIsNoSignal() {
    let stop = StopSignal([])
    stop.request()
    #expect(stop.isRequested && stop.receivedSignal == nil)
  }
}
