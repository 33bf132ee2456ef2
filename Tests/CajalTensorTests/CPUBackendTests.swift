import CCajalKernels
import CajalTensor
import Testing

@Suite struct CPUBackendTests {
  @Test func levels() throws {
    #expect(InstructionSet.available.contains(.scalar))
    for level in InstructionSet.allCases {
      let backend = CPUBackend(level)
      #expect((backend != nil) == InstructionSet.available.contains(level))
      #expect(backend == nil || backend?.name == "cpu (\(level.rawValue))")
    }
  }

  @Test func errorsNameTheWayOut() {
    let unknown = InstructionSetError.unknown("mmx").description
    #expect(unknown.contains("CAJAL_ISA=mmx") && unknown.contains("scalar"))
    let unavailable = InstructionSetError.unavailable(.avx512).description
    #expect(unavailable.contains("avx512") && unavailable.contains("scalar"))
  }

  @Test func memoryIsAlignedAndUsedAgain() throws {
    let backend = try #require(CPUBackend(.scalar))
    for bytes in [0, 1, 64, 65, 1000, 5_000_000, 1 << 24] {
      let memory = try backend.allocateMemory(byteCount: bytes)
      #expect(Int(bitPattern: memory) % 64 == 0)
      memory.initializeMemory(as: UInt8.self, repeating: 1, count: bytes)
      backend.deallocate(memory, byteCount: bytes)
      let again = try backend.allocateMemory(byteCount: bytes)
      #expect(again == memory, "\(bytes) bytes")
      backend.deallocate(again, byteCount: bytes)
    }
  }

  @Test func cyclicRedundancyCheck() {
    // The check value of CRC-32C, and RFC 3720's zeros (B.4).
    #expect(cajal_crc32c(0, "123456789", 9) == 0xe306_9283)
    #expect(cajal_crc32c(0, [UInt8](repeating: 0, count: 32), 32) == 0x8a91_36aa)
    let bytes = (0..<3000).map { UInt8(truncatingIfNeeded: $0 * 7) }
    for split in [0, 1, 9, 700, 3000] {
      let first = cajal_crc32c(0, Array(bytes[..<split]), split)
      let rest = cajal_crc32c(first, Array(bytes[split...]), 3000 - split)
      #expect(rest == cajal_crc32c(0, bytes, 3000))
    }
  }
}
