import CajalImages

/// Writes uncompressed TIFF files of every arrangement of values, which the library itself does not
/// write.
struct TestTIFF {
  var width: Int
  var height: Int
  /// `[height, width, samples]`.
  var values: [Int]
  var samples = 1
  var bits = 8
  /// 0 is gray with white as 0, 1 gray, 2 RGB, 3 a palette.
  var photometric = 1
  /// What the last sample is: 1 is alpha that the colors are multiplied by, 2 alpha, 0 anything.
  var extraSample: Int?
  var isSeparate = false
  var isTiled = false
  var isBigEndian = false
  var isBig = false
  var rowsPerStrip = 5
  var orientation: Int?
  var colorMap: [Int] = []
  /// Columns and rows per unit, and the unit: 2 is an inch, 3 a centimeter.
  var resolution: (columns: Int, rows: Int, unit: Int)?
  var description: String?
  var profile: [UInt8] = []
  /// Marks a smaller copy of another page.
  var isReduced = false

  static let tileSize = 16

  /// A file of one page.
  var bytes: [UInt8] { Self.file([self]) }

  /// A file of several pages of one byte order.
  static func file(_ pages: [TestTIFF]) -> [UInt8] {
    let first = pages[0]
    var bytes = Array((first.isBigEndian ? "MM" : "II").utf8)
    bytes += first.number(first.isBig ? 43 : 42, 2)
    if first.isBig { bytes += first.number(8, 2) + first.number(0, 2) }
    // Where the place of the next directory is.
    var link = bytes.count
    bytes += first.number(0, first.wide)
    for page in pages {
      let parts = page.parts()
      var offsets: [Int] = []
      for part in parts {
        offsets.append(bytes.count)
        bytes += part
      }
      if bytes.count % 2 == 1 { bytes.append(0) }
      bytes.replaceSubrange(link..<link + first.wide, with: first.number(bytes.count, first.wide))
      let directory = page.directory(at: bytes.count, offsets: offsets, parts.map(\.count))
      bytes += directory.bytes
      link = directory.link
    }
    return bytes
  }

  private var wide: Int { isBig ? 8 : 4 }

  private func number(_ value: Int, _ size: Int) -> [UInt8] {
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    return isBigEndian ? bytes.reversed() : bytes
  }

  /// The bytes of strips or tiles, plane after plane.
  private func parts() -> [[UInt8]] {
    let planes = isSeparate ? samples : 1
    let (partWidth, partHeight) =
      isTiled ? (Self.tileSize, Self.tileSize) : (width, min(rowsPerStrip, height))
    var parts: [[UInt8]] = []
    for plane in 0..<planes {
      for top in stride(from: 0, to: height, by: partHeight) {
        for left in stride(from: 0, to: width, by: partWidth) {
          let bottom = isTiled ? top + partHeight : min(top + partHeight, height)
          parts.append(
            (top..<bottom).flatMap { y in
              row(y, columns: left..<left + partWidth, plane: isSeparate ? plane : nil)
            })
        }
      }
    }
    return parts
  }

  /// A row of samples as bytes; outside of the picture there is anything.
  private func row(_ y: Int, columns: Range<Int>, plane: Int?) -> [UInt8] {
    var bytes: [UInt8] = []
    var packed = (value: 0, bits: 0)
    for x in columns {
      for sample in plane.map({ $0..<$0 + 1 }) ?? 0..<samples {
        let isInside = x < width && y < height
        let value = isInside ? values[(y * width + x) * samples + sample] : 1
        if bits >= 8 {
          bytes += number(value, bits / 8)
          continue
        }
        packed = (packed.value << bits | value, packed.bits + bits)
        if packed.bits == 8 {
          bytes.append(UInt8(packed.value))
          packed = (0, 0)
        }
      }
    }
    if packed.bits > 0 { bytes.append(UInt8(packed.value << (8 - packed.bits))) }
    return bytes
  }

  private struct Entry {
    var tag: Int, type: Int, values: [Int]
  }

  private func entries(offsets: [Int], _ counts: [Int]) -> [Entry] {
    var entries: [Entry] = []
    func add(_ tag: Int, _ type: Int, _ values: [Int]) {
      entries.append(Entry(tag: tag, type: type, values: values))
    }
    if isReduced { add(254, 4, [1]) }
    add(256, 4, [width])
    add(257, 4, [height])
    add(258, 3, [Int](repeating: bits, count: samples))
    add(259, 3, [1])
    add(262, 3, [photometric])
    if let description { add(270, 2, description.utf8.map(Int.init) + [0]) }
    if !isTiled { add(273, 4, offsets) }
    if let orientation { add(274, 3, [orientation]) }
    add(277, 3, [samples])
    if !isTiled { add(278, 4, [rowsPerStrip]) }
    if !isTiled { add(279, 4, counts) }
    if let resolution {
      add(282, 5, [resolution.columns, 1])
      add(283, 5, [resolution.rows, 1])
    }
    add(284, 3, [isSeparate ? 2 : 1])
    if let resolution { add(296, 3, [resolution.unit]) }
    if !colorMap.isEmpty { add(320, 3, colorMap) }
    if isTiled {
      add(322, 4, [Self.tileSize])
      add(323, 4, [Self.tileSize])
      add(324, 4, offsets)
      add(325, 4, counts)
    }
    if let extraSample { add(338, 3, [extraSample]) }
    if !profile.isEmpty { add(34675, 7, profile.map(Int.init)) }
    return entries
  }

  /// The directory at a place, and where the place of the next one is.
  private func directory(
    at place: Int, offsets: [Int], _ counts: [Int]
  ) -> (bytes: [UInt8], link: Int) {
    let entries = entries(offsets: offsets, counts)
    var bytes = number(entries.count, isBig ? 8 : 2)
    let link = place + bytes.count + entries.count * (4 + 2 * wide)
    var values: [UInt8] = []
    for entry in entries {
      let size = [2: 1, 3: 2, 4: 4, 5: 4, 7: 1][entry.type] ?? 1
      let data = entry.values.flatMap { number($0, size) }
      let count = entry.type == 5 ? entry.values.count / 2 : entry.values.count
      bytes += number(entry.tag, 2) + number(entry.type, 2) + number(count, wide)
      if data.count <= wide {
        bytes += data + [UInt8](repeating: 0, count: wide - data.count)
      } else {
        bytes += number(link + wide + values.count, wide)
        values += data
        if values.count % 2 == 1 { values.append(0) }
      }
    }
    return (bytes + number(0, wide) + values, link)
  }
}

extension TestTIFF {
  /// A picture of random samples.
  static func random(
    width: Int, height: Int, samples: Int = 1, bits: Int = 8, using generator: inout SplitMix64
  ) -> TestTIFF {
    TestTIFF(
      width: width, height: height,
      values: (0..<width * height * samples).map { _ in
        Int.random(in: 0...(1 << bits - 1), using: &generator)
      }, samples: samples, bits: bits, photometric: samples > 2 ? 2 : 1)
  }
}
