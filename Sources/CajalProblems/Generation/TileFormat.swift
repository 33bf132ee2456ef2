import CajalImages

/// The encoding of stored tiles.
public enum TileFormat: Sendable, Hashable {
  /// Lossless.
  case png
  /// Lossy; the quality is 1 to 100, libjpeg's scale.
  case jpeg(quality: Int)

  /// The name in a record's `image/format`.
  var name: String {
    switch self {
    case .png: "png"
    case .jpeg: "jpeg"
    }
  }

  /// The bytes of a file of this format.
  func encode(_ tile: Image) throws(ImageError) -> [UInt8] {
    switch self {
    case .png: try tile.pngData()
    case .jpeg(let quality): try tile.jpegData(quality: quality)
    }
  }
}

extension TileFormat: LosslessStringConvertible {
  /// The format as options spell it: `png` or `jpeg:90`.
  public var description: String {
    switch self {
    case .png: "png"
    case .jpeg(let quality): "jpeg:\(quality)"
    }
  }

  /// The format with the given spelling, or `nil`; `jpeg` alone has quality 90.
  public init?(_ description: String) {
    switch description.split(separator: ":", omittingEmptySubsequences: false).map(String.init) {
    case ["png"]: self = .png
    case ["jpeg"]: self = .jpeg(quality: 90)
    case let parts where parts.count == 2 && parts[0] == "jpeg":
      guard let quality = Int(parts[1]), (1...100).contains(quality) else { return nil }
      self = .jpeg(quality: quality)
    default: return nil
    }
  }
}
