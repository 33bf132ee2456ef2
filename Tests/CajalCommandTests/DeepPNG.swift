/// Gray PNG files of 16 bits, which the library itself does not write. The compressed stream
/// consists of one stored block.
enum DeepPNG {
  /// The file of a picture whose values a closure gives.
  static func encoded(width: Int, height: Int, _ value: (_ x: Int, _ y: Int) -> Int) -> [UInt8] {
    var rows: [UInt8] = []
    for y in 0..<height {
      rows.append(0)  // no filter
      for x in 0..<width { rows += bigEndian(value(x, y)).suffix(2) }
    }
    let header = bigEndian(width) + bigEndian(height) + [16, 0, 0, 0, 0]
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
      + chunk("IHDR", header) + chunk("IDAT", stored(rows)) + chunk("IEND", [])
  }

  /// A file that declares pixels and has none.
  static func hollow(width: Int, height: Int) -> [UInt8] {
    let file = encoded(width: 1, height: 1) { _, _ in 0 }
    let header = bigEndian(width) + bigEndian(height) + [16, 0, 0, 0, 0]
    return file[..<8] + chunk("IHDR", header) + file[33...]
  }

  /// Tissue as a camera of fewer bits records it: values of 0 to `top`.
  static func tissue(width: Int, height: Int, seed: Int, top: Int) -> [UInt8] {
    encoded(width: width, height: height) { x, y in
      let wave = (x * (5 + seed) + y * 7) % 61 + (x * y + 13 * seed) % 17
      return wave * top / 76
    }
  }

  private static func bigEndian(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + data
    var sum: UInt32 = 0xFFFF_FFFF
    for byte in body {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
    }
    return bigEndian(data.count) + body + bigEndian(Int(~sum))
  }

  private static func stored(_ data: [UInt8]) -> [UInt8] {
    precondition(data.count < 65_536, "A stored block has at most 65,535 bytes.")
    let length = [UInt8(data.count & 255), UInt8(data.count >> 8)]
    var (a, b) = (1, 0)
    for byte in data {
      a = (a + Int(byte)) % 65_521
      b = (b + a) % 65_521
    }
    return [0x78, 0x01, 1] + length + length.map { ~$0 } + data + bigEndian(b << 16 | a)
  }
}
