import CUDAEmulator
import CajalCUDA
import Foundation
import Synchronization
import Testing

@testable import CajalTensor

/// Compiled kernels on disk.
@Suite(.serialized) struct KernelCacheTests {
  private func withFolder(_ body: (KernelCache, String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "cajal-kernels-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(KernelCache(folder: folder), folder)
  }

  private func files(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { "\(folder)/\($0)" }
  }

  private func works(_ cache: KernelCache) throws -> Bool {
    let device = Device(try CUDABackend(emulated: cuda_emulator_ascending, cache: cache))
    return Tensor([1, 2], shape: [2], on: device).scaled(by: 2).scalars == [2, 4]
  }

  @Test func kernelsAreCompiledOnce() throws {
    try withFolder { cache, folder in
      #expect(try works(cache))
      let entries = try files(folder)
      #expect(entries.count == KernelSource.files(for: .float32).count)
      #expect(entries.allSatisfy { $0.contains(".cu-sm_90-") && $0.hasSuffix(".cubin") })
      // An entry that is used is not written again.
      let code = Array("emulated cubin\ncajal_nothing\nend\n\0".utf8)
      #expect(cache.code("a", key: ["b"]) == nil)
      cache.store(code, "a", key: ["b"])
      #expect(cache.code("a", key: ["b"]) == code)
      #expect(cache.code("a", key: ["c"]) == nil)
      let dates = try entries.map {
        try FileManager.default.attributesOfItem(atPath: $0)[.modificationDate] as? Date
      }
      #expect(try works(cache))
      #expect(
        try entries.map {
          try FileManager.default.attributesOfItem(atPath: $0)[.modificationDate] as? Date
        } == dates)
    }
  }

  @Test func damagedEntriesAreCompiledAgain() throws {
    try withFolder { cache, folder in
      #expect(try works(cache))
      let whole = try files(folder).map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
      let damages: [(Data) -> Data] = [
        { _ in Data() }, { $0.prefix($0.count / 2) }, { $0.prefix($0.count - 1) },
        { $0.dropLast() + [$0.last! ^ 1] }, { $0.prefix(20) + [$0[20] ^ 4] + $0.dropFirst(21) },
        { $0 + [0] },
      ]
      for damage in damages {
        for (file, data) in zip(try files(folder), whole) {
          try damage(data).write(to: URL(fileURLWithPath: file))
        }
        #expect(try works(cache))
        #expect(try files(folder).map { try Data(contentsOf: URL(fileURLWithPath: $0)) } == whole)
      }
    }
  }

  @Test func aFolderIsShared() throws {
    try withFolder { cache, folder in
      let working = Atomic(0)
      DispatchQueue.concurrentPerform(iterations: 8) { _ in
        if (try? works(cache)) == true { working.add(1, ordering: .relaxed) }
      }
      let entries = try files(folder)
      #expect(working.load(ordering: .relaxed) == 8)
      #expect(entries.count == KernelSource.files(for: .float32).count)
    }
  }

  @Test func aCacheThatCannotBeWrittenIsNone() throws {
    #expect(try works(KernelCache(folder: "/proc/nothing")))
  }

  @Test func theFolderIsTheAccounts() {
    func folder(_ environment: [String: String]) -> String? {
      KernelCache.standard(environment: environment).folder
    }
    #expect(folder(["XDG_CACHE_HOME": "/c", "HOME": "/h"]) == "/c/cajal/kernels")
    #expect(folder(["HOME": "/h"]) == "/h/.cache/cajal/kernels")
    #expect(folder([:]) == nil)
  }
}
