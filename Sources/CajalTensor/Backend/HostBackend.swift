/// A backend whose memory is the host's: what it has in common with others of the kind.
public protocol HostBackend: Backend {}

extension HostBackend {
  /// Copies host memory to host memory.
  public func upload(
    _ host: UnsafeRawPointer, to memory: UnsafeMutableRawPointer, byteCount: Int
  ) {
    memory.copyMemory(from: host, byteCount: byteCount)
  }

  /// Copies host memory to host memory.
  public func download(
    _ memory: UnsafeRawPointer, to host: UnsafeMutableRawPointer, byteCount: Int
  ) {
    host.copyMemory(from: memory, byteCount: byteCount)
  }

  /// Copies host memory to host memory.
  public func copy(
    _ source: UnsafeRawPointer, to result: UnsafeMutableRawPointer, byteCount: Int
  ) {
    result.copyMemory(from: source, byteCount: byteCount)
  }

  /// Sets every element to `value`.
  public func fill(_ result: UnsafeMutablePointer<Float>, with value: Float, count: Int) {
    result.update(repeating: value, count: count)
  }

  /// Writes keys and values to the caches.
  public func cacheAttention(
    keys: UnsafePointer<Float>, values: UnsafePointer<Float>, at positions: Range<Int>,
    keyCache: UnsafeMutablePointer<Float>, valueCache: UnsafeMutablePointer<Float>,
    _ geometry: AttentionGeometry
  ) {
    geometry.cache(
      keys: keys, values: values, at: positions, keyCache: keyCache, valueCache: valueCache)
  }
}
