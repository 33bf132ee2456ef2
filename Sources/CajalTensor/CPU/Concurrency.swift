import CajalSupport

/// The number of elements from which on work over elements is cut into pieces, and of each piece.
let elementsPerPiece = 1 << 16

/// Calls `body` for every index below `count`, `grain` neighbors on one thread.
func concurrently(_ count: Int, every grain: Int, _ body: (_ index: Int) -> Void) {
  inPieces(of: min(grain, max(count, 1)), count) { for index in $0 { body(index) } }
}

/// Calls `body` for the pieces of `0 ..< count` that are `size` long, the last one shorter.
///
/// The borders are the same for any number of threads.
func inPieces(of size: Int, _ count: Int, _ body: (_ piece: Range<Int>) -> Void) {
  Threads.concurrentPerform((count + size - 1) / size) { index in
    body(index * size..<min((index + 1) * size, count))
  }
}
