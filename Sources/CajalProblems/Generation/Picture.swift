import CajalSupport
public import CajalImages

/// A picture of a section: the source of its pixels and the part to use.
public struct Picture: Sendable {
  /// The part of a picture to use, in pixels of the upright picture: a file's EXIF orientation is
  /// applied first.
  public struct Crop: Sendable, Hashable {
    /// The first column, the first row, and the column and row after the last.
    public let left: Int, top: Int, right: Int, bottom: Int

    /// Columns `left ..< right` of rows `top ..< bottom`.
    public init(left: Int, top: Int, right: Int, bottom: Int) {
      self.left = left
      self.top = top
      self.right = right
      self.bottom = bottom
    }
  }

  /// The name in reports; for a file its path inside the folder.
  public let name: String
  /// Its section. Pictures of one section end up on the same side of the split.
  public internal(set) var section: String
  /// The collection that it belongs to, if the manifest names one.
  public let set: String?
  /// The part to use; `nil` for all.
  public internal(set) var crop: Crop?
  /// The side of a pixel in micrometers, if it is known other than from the file; see
  /// ``DataOptions/micronsPerPixel``.
  public internal(set) var micronsPerPixel: Double?
  /// Rows and columns of the blocks that are averaged to pixels of the tiles.
  var reduction = 1
  /// Rows and columns of the file for each of the tiles, at least 1, where its exact resolution is
  /// known and finer than the tiles'.
  var factor: Double?
  /// The page of the file, and the level of the page's pyramid.
  var page = 0, level = 0
  private let content: Content

  private enum Content: Sendable {
    case file(path: String)
    case memory(@Sendable () throws -> Image)
  }

  /// A picture that is made on demand. `make` must return the same pixels each time; it may be
  /// called from any thread.
  public init(
    name: String, section: String? = nil, set: String? = nil, crop: Crop? = nil,
    micronsPerPixel: Double? = nil, make: @escaping @Sendable () throws -> Image
  ) {
    self.name = name
    self.section = section ?? name
    self.set = set
    self.crop = crop
    self.micronsPerPixel = micronsPerPixel
    content = .memory(make)
  }

  /// A file of a format that `ImageReader` reads. Without a name it is called by its path, without a section it is one of
  /// its own.
  public init(
    file path: String, name: String? = nil, section: String? = nil, set: String? = nil,
    crop: Crop? = nil, micronsPerPixel: Double? = nil
  ) {
    self.name = RawName.shown(name ?? path)
    self.section = RawName.shown(section ?? name ?? path)
    self.set = set
    self.crop = crop
    self.micronsPerPixel = micronsPerPixel
    content = .file(path: path)
  }
}

extension Picture {
  /// The file's path, or nil for a picture from memory.
  var path: String? {
    guard case .file(let path) = content else { return nil }
    return path
  }

  /// The fingerprint of a picture, much cheaper to read than decoding the picture.
  struct Fingerprint: Sendable, Hashable, Codable {
    var name: String
    var section: String
    var crop: [Int]?
    var byteCount: Int
    var checksum: UInt32
    /// Rows and columns of the blocks that are averaged, where pictures are.
    var reduction: Int?
    /// Rows and columns of the file for each of the tiles, where that is no whole number by choice.
    var factor: Double?
    /// The level of a pyramid, if not the first.
    var level: Int?
    /// The page of a file of several, if not the first.
    var page: Int?
  }

  /// The fingerprint, without decoding.
  func fingerprint() throws -> Fingerprint {
    switch content {
    case .file(let path):
      let file = try RandomAccessFile(path)
      return fingerprint(byteCount: file.count, checksum: try file.checksum())
    case .memory(let make):
      let pixels = try make().pixels
      return fingerprint(byteCount: pixels.count, checksum: CRC32C.checksum(pixels))
    }
  }

  /// The fingerprint, which marks an unreadable picture as such if those are skipped.
  func fingerprint(skippingUnreadable: Bool) throws -> Fingerprint {
    do {
      return try fingerprint()
    } catch  where skippingUnreadable {
      return fingerprint(byteCount: -1, checksum: 0)
    }
  }

  /// The rows of the part to use.
  func rows(limits: ImageLimits, whiteLevel: Int?) throws -> PictureRows {
    switch content {
    case .file(let path):
      try rows(ofFile: path, limits: limits, whiteLevel: whiteLevel)
    case .memory(let make):
      try PictureRows(of: make(), crop: crop, reduction: reduction, name: name)
    }
  }

  /// The rows of a file. Of those whose regions can be decoded alone, nothing else is.
  private func rows(
    ofFile path: String, limits: ImageLimits, whiteLevel: Int?
  ) throws -> PictureRows {
    let region = crop.flatMap { $0.region }
    let isDecodedAlone = region != nil && ImageReader.decodesRegionsAlone(ofFile: path)
    return try PictureRows(
      of: ImageReader(
        contentsOf: path, limits: limits, whiteLevel: whiteLevel, page: page, level: level,
        region: isDecodedAlone ? region : nil), crop: isDecodedAlone ? nil : crop,
      reduction: reduction, factor: factor, name: name)
  }

  private func fingerprint(byteCount: Int, checksum: UInt32) -> Fingerprint {
    Fingerprint(
      name: name, section: section, crop: crop.map { [$0.left, $0.top, $0.right, $0.bottom] },
      byteCount: byteCount, checksum: checksum, reduction: reduction > 1 ? reduction : nil,
      factor: factor, level: level > 0 ? level : nil, page: page > 0 ? page : nil)
  }
}

extension Picture.Crop {
  /// The same as a region; `nil` unless it has pixels.
  fileprivate var region: PixelRegion? {
    guard left >= 0, top >= 0, right > left, bottom > top else { return nil }
    return PixelRegion(left: left, top: top, width: right - left, height: bottom - top)
  }
}
