package import CajalTensor

/// A backend for tests that hands every primitive on to another one, now or later.
package protocol ForwardingBackend: Backend {
  /// What computes.
  var base: any Backend { get }
  /// The base's memory behind a storage that this backend has handed out.
  func baseStorage(of storage: Storage) -> Storage
  /// Executes work on the base, after all work submitted before.
  func submit(_ work: @escaping @Sendable (_ base: any Backend) -> Void)
}

extension ForwardingBackend {
  /// The base's buffer behind one of this backend's.
  func own(_ buffer: Buffer) -> Buffer {
    precondition(
      buffer.storage.device.backend === self, "a buffer of \(buffer.storage.device) on \(name)")
    return Buffer(
      baseStorage(of: buffer.storage), offset: buffer.offset, scalarType: buffer.scalarType)
  }

  /// Hands a copy of the bytes on.
  package func upload(_ host: UnsafeRawBufferPointer, to result: Buffer) {
    let bytes = [UInt8](host)
    submit { [result = own(result)] base in
      bytes.withUnsafeBytes { base.upload($0, to: result) }
    }
  }

  /// Hands it on.
  package func copyRows(
    _ x: Buffer, stride: Int, to result: Buffer, resultStride: Int, rows: Int, width: Int
  ) {
    submit { [x = own(x), result = own(result)] base in
      base.copyRows(
        x, stride: stride, to: result, resultStride: resultStride, rows: rows, width: width)
    }
  }

  /// Hands it on.
  package func fill(_ result: Buffer, with value: Float, count: Int) {
    submit { [result = own(result)] base in base.fill(result, with: value, count: count) }
  }

  /// Hands it on.
  package func requireIndices(
    _ indices: Buffer, count: Int, in range: Range<Int>, name: StaticString
  ) {
    submit { [indices = own(indices)] base in
      base.requireIndices(indices, count: count, in: range, name: name)
    }
  }

  /// The base's layout.
  package func attentionCacheCounts(_ geometry: AttentionGeometry) -> (keys: Int, values: Int) {
    base.attentionCacheCounts(geometry)
  }
}
