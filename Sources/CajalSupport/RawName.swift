/// File names as bytes, which need not be UTF-8.
///
/// A Swift string cannot hold such bytes, and repairing them names a file that does not exist. So
/// each byte of a name that is not part of valid UTF-8 becomes one character of the private use
/// area, U+10FE80 to U+10FEFF, and ``Swift/String/systemPath`` restores the byte. A name that
/// contains such a character itself is escaped byte by byte, so the mapping is injective.
package enum RawName {
  /// The scalar of byte 0; those below 0x80 are unused, because such bytes are always valid.
  private static let base: UInt32 = 0x10_FE00

  /// The text of a name.
  package static func text(_ bytes: some Collection<UInt8>) -> String {
    let bytes = Array(bytes)
    if let text = String(validating: bytes, as: UTF8.self), !hasEscapes(text) { return text }
    var text = String.UnicodeScalarView()
    var index = 0
    while index < bytes.count {
      if let (scalar, length) = firstScalar(of: bytes[index...]), byte(of: scalar) == nil {
        text.append(scalar)
        index += length
      } else {
        text.append(escape(bytes[index]))
        index += 1
      }
    }
    return String(text)
  }

  /// The text of a name that ends with a zero byte.
  package static func text(_ name: UnsafePointer<CChar>) -> String {
    var length = 0
    while name[length] != 0 { length += 1 }
    return name.withMemoryRebound(to: UInt8.self, capacity: length) {
      text(UnsafeBufferPointer(start: $0, count: length))
    }
  }

  /// The bytes of a name, for the system.
  package static func bytes(_ text: String) -> [UInt8] {
    guard hasEscapes(text) else { return Array(text.utf8) }
    return text.unicodeScalars.flatMap { scalar in
      byte(of: scalar).map { [$0] } ?? Array(String(scalar).utf8)
    }
  }

  /// The printable form: bytes that are not UTF-8 appear as `\xE4`.
  package static func shown(_ text: String) -> String {
    guard hasEscapes(text) else { return text }
    return text.unicodeScalars.reduce(into: "") { shown, scalar in
      if let byte = byte(of: scalar) {
        shown += "\\x" + String(byte, radix: 16, uppercase: true)
      } else {
        shown.unicodeScalars.append(scalar)
      }
    }
  }

  /// The inverse of ``shown(_:)``: each `\xE4` becomes one character again.
  package static func unshown(_ text: String) -> String {
    guard text.contains("\\x") else { return text }
    var scalars = Array(text.unicodeScalars)[...]
    var result = String.UnicodeScalarView()
    while let scalar = scalars.popFirst() {
      let digits = String(String.UnicodeScalarView(scalars.dropFirst().prefix(2)))
      if scalar == "\\", scalars.first == "x", digits.utf8.count == 2,
        let byte = UInt8(digits, radix: 16), byte >= 0x80
      {
        result.append(escape(byte))
        scalars = scalars.dropFirst(3)
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }

  private static func hasEscapes(_ text: String) -> Bool {
    // The UTF-8 of all of them begins with these bytes.
    text.utf8.contains(0xF4) && text.unicodeScalars.contains { byte(of: $0) != nil }
  }

  private static func byte(of scalar: Unicode.Scalar) -> UInt8? {
    (base + 0x80...base + 0xFF).contains(scalar.value) ? UInt8(scalar.value - base) : nil
  }

  private static func escape(_ byte: UInt8) -> Unicode.Scalar {
    // Never nil: the whole range is of scalars.
    Unicode.Scalar(base + UInt32(byte)) ?? "\u{FFFD}"
  }

  /// The scalar that bytes begin with and how many of them it takes, or nil where they are not
  /// UTF-8.
  private static func firstScalar(of bytes: ArraySlice<UInt8>) -> (Unicode.Scalar, length: Int)? {
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    guard case .scalarValue(let scalar) = decoder.decode(&iterator) else { return nil }
    return (scalar, UTF8.width(scalar))
  }
}

extension String {
  /// The path as the system takes it: the bytes of its name (see ``RawName``) and a zero.
  package var systemPath: [CChar] { RawName.bytes(self).map { CChar(bitPattern: $0) } + [0] }
}
