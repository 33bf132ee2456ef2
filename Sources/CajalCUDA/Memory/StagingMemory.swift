import CCajalCUDA
import CajalTensor
import Foundation

/// Pinned memory of the host, through which all copies between host and device go.
///
/// A piece is used again when the device has read it: uploads return before they are done, and wait
/// only when all pieces are on their way.
final class StagingMemory: @unchecked Sendable {
  /// The bytes of a small and of a large piece.
  static let sizes = [64 << 10, 4 << 20]
  /// How many pieces there may be of each size: those of the small uploads of a step, so that it
  /// does not wait for its own beginning.
  static let limits = [64, 8]

  @safe fileprivate struct Piece {
    let memory: UnsafeMutableRawPointer
    let event: cajal_cuda_event
  }

  private let context: CUDAContext
  private let lock = NSLock()
  // Guarded by the lock: pieces of each size, the one used longest ago first.
  private var pieces: [[Piece]] = [[], []]

  init(_ context: CUDAContext) { self.context = context }

  /// Copies to the device. The host's bytes may change as soon as this returns.
  func upload(_ host: UnsafeRawBufferPointer, to address: UInt64) {
    inPieces(host.count) { start, count, piece in
      unsafe piece.memory.copyMemory(from: host.baseAddress! + start, byteCount: count)
      context.require(
        unsafe context.driver.cuMemcpyHtoDAsync(
          address + UInt64(start), piece.memory, count, context.stream), "cuMemcpyHtoDAsync")
      context.require(
        unsafe context.driver.cuEventRecord(piece.event, context.stream), "cuEventRecord")
    }
  }

  /// Waits for earlier work and copies to the host.
  func download(_ address: UInt64, to host: UnsafeMutableRawBufferPointer) {
    inPieces(host.count) { start, count, piece in
      context.require(
        unsafe context.driver.cuMemcpyDtoHAsync(
          piece.memory, address + UInt64(start), count, context.stream), "cuMemcpyDtoHAsync")
      context.synchronize()
      unsafe (host.baseAddress! + start).copyMemory(from: piece.memory, byteCount: count)
    }
  }

  /// Begins a copy to the host, which has its own piece until nobody asks for it any more; `nil`
  /// where that would be more than a small piece.
  func beginDownload(_ x: Buffer, byteCount: Int) -> (any PendingDownload)? {
    guard byteCount <= Self.sizes[0] else { return nil }
    context.flush()
    let piece = lock.withLock { take(0) }
    context.require(
      unsafe context.driver.cuMemcpyDtoHAsync(
        piece.memory, CUDAStorage.address(of: x), byteCount, context.stream), "cuMemcpyDtoHAsync")
    context.require(
      unsafe context.driver.cuEventRecord(piece.event, context.stream), "cuEventRecord")
    return StagedDownload(piece, of: self)
  }

  /// Waits for a piece's copy.
  fileprivate func wait(for piece: Piece) {
    context.makeCurrent()
    context.require(
      unsafe context.driver.cuEventSynchronize(piece.event), "cuEventSynchronize")
    context.indexReports.requireNone()
  }

  /// Takes a small piece back.
  fileprivate func giveBack(_ piece: Piece) { lock.withLock { pieces[0].append(piece) } }

  /// Calls `body` with pieces that together take `byteCount` bytes.
  private func inPieces(
    _ byteCount: Int, _ body: (_ start: Int, _ count: Int, _ piece: Piece) -> Void
  ) {
    guard byteCount > 0 else { return }
    context.flush()
    let kind = byteCount <= Self.sizes[0] ? 0 : 1
    let size = Self.sizes[kind]
    lock.withLock {
      for start in stride(from: 0, to: byteCount, by: size) {
        let piece = take(kind)
        body(start, min(size, byteCount - start), piece)
        pieces[kind].append(piece)
      }
    }
  }

  /// A piece that the device does not read any more.
  private func take(_ kind: Int) -> Piece {
    if let oldest = pieces[kind].first {
      let isDone = unsafe context.driver.cuEventQuery(oldest.event) == 0
      if isDone || pieces[kind].count == Self.limits[kind] {
        if !isDone {
          context.require(
            unsafe context.driver.cuEventSynchronize(oldest.event), "cuEventSynchronize")
        }
        return pieces[kind].removeFirst()
      }
    }
    var memory: UnsafeMutableRawPointer?
    var event: cajal_cuda_event?
    context.require(
      unsafe context.driver.cuMemHostAlloc(&memory, Self.sizes[kind], 0), "cuMemHostAlloc")
    context.require(
      unsafe context.driver.cuEventCreate(&event, UInt32(cajal_cuda_event_disable_timing)),
      "cuEventCreate")
    return unsafe Piece(memory: memory!, event: event!)
  }

  deinit {
    context.synchronize()
    for piece in pieces.joined() {
      _ = unsafe context.driver.cuEventDestroy(piece.event)
      _ = unsafe context.driver.cuMemFreeHost(piece.memory)
    }
  }
}

/// A copy to a piece of pinned memory. `@unchecked Sendable`: the piece is never changed by the host.
private final class StagedDownload: PendingDownload, @unchecked Sendable {
  private let piece: StagingMemory.Piece
  private let staging: StagingMemory

  init(_ piece: StagingMemory.Piece, of staging: StagingMemory) {
    self.piece = piece
    self.staging = staging
  }

  /// Waits for the copy.
  func finish(to host: UnsafeMutableRawBufferPointer) {
    staging.wait(for: piece)
    unsafe host.copyMemory(
      from: UnsafeRawBufferPointer(start: piece.memory, count: host.count))
  }

  deinit { staging.giveBack(piece) }
}
