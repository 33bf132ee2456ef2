import Cajal

/// Memory of the processor's backend, filled with normal random numbers: what its operations are given
/// and write to, so that nothing but the operation itself is timed.
final class FloatBuffer {
  /// The backend whose memory it is.
  static var backend: any Backend { Device.cpu.backend }

  /// The first number.
  let start: UnsafeMutablePointer<Float>
  private let byteCount: Int

  /// `count` numbers; the same for the same `seed`.
  init(_ count: Int, seed: UInt64 = 1) {
    byteCount = count * MemoryLayout<Float>.stride
    start = Self.backend.allocate(byteCount: byteCount).bindMemory(to: Float.self, capacity: count)
    Self.backend.randomNormal(
      RandomKey(seed: seed, stream: 0), mean: 0, deviation: 1, start, count: count)
  }

  deinit { Self.backend.deallocate(start, byteCount: byteCount) }
}
