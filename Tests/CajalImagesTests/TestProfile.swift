/// ICC profiles that are whole as far as readers look.
enum TestProfile {
  /// A profile of a size, for colors that four letters name. libpng reads so much of it: the header,
  /// and a directory of no entries.
  static func bytes(colors: String = "RGB ", size: Int = 132) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: size)
    func put(_ text: some Sequence<UInt8>, at place: Int) {
      for (index, byte) in text.enumerated() { bytes[place + index] = byte }
    }
    put(TestPNG.bigEndian(size), at: 0)
    put([2, 0x40], at: 8)
    put("mntr".utf8, at: 12)
    put(colors.utf8, at: 16)
    put("XYZ ".utf8, at: 20)
    put("acsp".utf8, at: 36)
    // The white of the connection space, D50.
    put([0, 0, 0xF6, 0xD6, 0, 1, 0, 0, 0, 0, 0xD3, 0x2D], at: 68)
    // Something in every place, so that parts in another order are noticed.
    for index in 132..<max(size, 132) { bytes[index] = UInt8(truncatingIfNeeded: index &* 7 >> 3) }
    return bytes
  }
}
