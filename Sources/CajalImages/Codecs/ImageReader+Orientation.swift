import CCajalImageCodecs

extension ImageReader {
  /// Whether rows cannot be transformed one by one.
  var isTurnedWhole: Bool { ![.identity, .mirrored].contains(turn) }

  /// Calls a closure that reads, unless an earlier one failed, and stores its error.
  mutating func remembering<Result>(
    _ body: (inout ImageReader) throws(ImageError) -> Result
  ) throws(ImageError) -> Result {
    if let earlierFailure { throw earlierFailure }
    do throws(ImageError) {
      return try body(&self)
    } catch {
      earlierFailure = error
      throw error
    }
  }

  /// All values of a reader that has decoded nothing yet, upright. `Value` is the type of decoded
  /// values.
  mutating func decodeWhole<Value: BitwiseCopyable>(
    _ value: Value.Type
  ) throws(ImageError) -> [Value] {
    let stored = stored
    let count = stored.width * stored.height * channels
    var failure: ImageError?
    let values = [Value](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      guard let start = UnsafeMutableRawBufferPointer(buffer).baseAddress else { return }
      do throws(ImageError) {
        try decoder.readRows(
          stored.height, into: start.assumingMemoryBound(to: UInt8.self), name: name)
        initializedCount = count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return turn.applied(
      to: values, width: stored.width, height: stored.height, channels: channels)
  }

  /// All bytes of a reader that has decoded nothing yet, upright.
  private mutating func decodeWholeBytes() throws(ImageError) -> [UInt8] {
    guard valueBytes == 2 else { return try decodeWhole(UInt8.self) }
    return try decodeWhole(UInt16.self).withUnsafeBytes { Array($0) }
  }

  /// Copies the next rows of the upright picture, which is decoded with the first of them.
  mutating func giveTurnedRows(
    _ rows: Int, to start: UnsafeMutablePointer<UInt8>
  ) throws(ImageError) {
    if nextRow == 0 { turned = try decodeWholeBytes() }
    turned.withUnsafeBufferPointer { turned in
      guard let first = turned.baseAddress else { return }
      start.update(from: first + nextRow * rowBytes, count: rows * rowBytes)
    }
    if nextRow + rows == height { turned = [] }
  }

  /// Swaps left and right in place.
  func mirrorRows(_ rows: Int, at start: UnsafeMutablePointer<UInt8>) {
    let pixelBytes = channels * valueBytes
    for row in 0..<rows {
      let pixels = start + row * rowBytes
      for x in 0..<width / 2 {
        let (left, right) = (pixels + x * pixelBytes, pixels + (width - 1 - x) * pixelBytes)
        for byte in 0..<pixelBytes { (left[byte], right[byte]) = (right[byte], left[byte]) }
      }
    }
  }

  /// All values of a reader that keeps bits.
  mutating func deepValues() throws(ImageError) -> [UInt16] {
    guard bitDepth == 16 else { return try decodeWhole(UInt8.self).map(UInt16.init) }
    return try decodeWhole(UInt16.self)
  }
}
