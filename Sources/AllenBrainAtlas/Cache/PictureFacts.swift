/// The facts of a complete picture.
struct PictureFacts: Sendable, Hashable {
  var byteCount: Int
  var checksum: UInt32
  var width: Int
  var height: Int
}
