import Foundation
import Testing

@testable import CajalSupport

@Suite struct ProcessorsTests {
  /// Control groups with and without a limit, by the files that tell of them.
  private static let groups: [(files: [String: String], count: Int?)] = [
    ([:], nil),
    (["/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "max 100000\n"], nil),
    (["/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "200000 100000\n"], 2),
    (["/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "150000 100000\n"], 2),
    (["/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "1000 100000\n"], 1),
    (
      [
        "/proc/self/cgroup": "0::/user.slice/job\n", "/sys/fs/cgroup/cpu.max": "800000 100000",
        "/sys/fs/cgroup/user.slice/cpu.max": "300000 100000",
        "/sys/fs/cgroup/user.slice/job/cpu.max": "max 100000",
      ], 3
    ),
    // The path is the host's; its last part is the root of the container.
    (
      [
        "/proc/self/cgroup": "0::/../../docker/abc\n", "/sys/fs/cgroup/cpu.max": "400000 100000",
      ], 4
    ),
    (
      [
        "/proc/self/cgroup": "4:memory:/a\n2:cpu,cpuacct:/a:b\n1:cpuset:/\n",
        "/sys/fs/cgroup/cpu,cpuacct/a:b/cpu.cfs_quota_us": "250000\n",
        "/sys/fs/cgroup/cpu,cpuacct/a:b/cpu.cfs_period_us": "50000\n",
        "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
        "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
      ], 5
    ),
    (["/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "nan 0\nbad"], nil),
    (["/proc/self/cgroup": "nonsense", "/sys/fs/cgroup/cpu.max": "1 1"], nil),
  ]

  @Test(arguments: groups.indices) func quotas(_ index: Int) {
    let group = Self.groups[index]
    #expect(Processors.quota { group.files[$0] } == group.count)
  }

  @Test func thereIsOneAtLeast() { #expect(Processors.usable >= 1) }

  #if os(Linux)
    /// As under `taskset` or a batch system that gives away one processor.
    @Test func anAffinityMaskIsKept() async {
      await #expect(processExitsWith: .success) {
        typealias Affinity = @convention(c) (pid_t, Int, UnsafeMutableRawPointer) -> Int32
        guard let getSymbol = dlsym(nil, "sched_getaffinity"),
          let setSymbol = dlsym(nil, "sched_setaffinity")
        else { exit(1) }
        let getAffinity = unsafeBitCast(getSymbol, to: Affinity.self)
        let setAffinity = unsafeBitCast(setSymbol, to: Affinity.self)
        var mask = [UInt64](repeating: 0, count: 1024)
        guard getAffinity(getpid(), mask.count * 8, &mask) == 0 else { exit(2) }
        guard let first = mask.firstIndex(where: { $0 != 0 }) else { exit(3) }
        let bit = mask[first] & ~(mask[first] - 1)
        for index in mask.indices { mask[index] = index == first ? bit : 0 }
        guard setAffinity(getpid(), mask.count * 8, &mask) == 0 else { exit(4) }
        exit(Threads.count == 1 ? EXIT_SUCCESS : 5)
      }
    }
  #endif
}
