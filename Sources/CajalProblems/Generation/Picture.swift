import CajalFiles
public import CajalImages

/// One picture of a section: where its pixels come from and which part of them counts.
public struct Picture: Sendable {
  /// The part of a picture that counts, in pixels.
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

  /// What the picture is called in reports; for a file its path inside the folder.
  public let name: String
  /// The section that it shows. Pictures of one section end up on the same side of the split.
  public let section: String
  /// The collection that it belongs to, if the manifest names one.
  public let set: String?
  /// The part that counts; all of it when `nil`.
  public let crop: Crop?
  private let content: Content

  private enum Content: Sendable {
    case file(path: String)
    case memory(@Sendable () throws -> Image)
  }

  /// A picture that is made when it is needed. `make` must return the same pixels each time; it may be called
  /// from any thread.
  public init(
    name: String, section: String? = nil, set: String? = nil, crop: Crop? = nil,
    make: @escaping @Sendable () throws -> Image
  ) {
    self.name = name
    self.section = section ?? name
    self.set = set
    self.crop = crop
    content = .memory(make)
  }

  /// A PNG or JPEG file.
  init(file path: String, name: String, section: String, set: String?, crop: Crop?) {
    self.name = name
    self.section = section
    self.set = set
    self.crop = crop
    content = .file(path: path)
  }
}

extension Picture {
  /// What tells a picture from another: reading it is much cheaper than decoding it.
  struct Fingerprint: Sendable, Hashable, Codable {
    var name: String
    var section: String
    var crop: [Int]?
    var byteCount: Int
    var checksum: UInt32
  }

  /// The fingerprint, without decoding.
  func fingerprint() throws -> Fingerprint {
    switch content {
    case .file(let path): fingerprint(of: try Files.read(path))
    case .memory(let make): fingerprint(of: try make().pixels)
    }
  }

  /// The part that counts, in the given number of channels, and the fingerprint.
  func load(channels: Int, limits: ImageLimits) throws -> (Image, Fingerprint) {
    let image: Image
    let fingerprint: Fingerprint
    switch content {
    case .file(let path):
      let bytes = try Files.read(path)
      image = try Image(decoding: bytes, name: path, limits: limits)
      fingerprint = self.fingerprint(of: bytes)
    case .memory(let make):
      image = try make()
      fingerprint = self.fingerprint(of: image.pixels)
    }
    return (try cropped(image).converted(toChannels: channels), fingerprint)
  }

  private func fingerprint(of bytes: [UInt8]) -> Fingerprint {
    Fingerprint(
      name: name, section: section, crop: crop.map { [$0.left, $0.top, $0.right, $0.bottom] },
      byteCount: bytes.count, checksum: CRC32C.checksum(bytes))
  }

  private func cropped(_ image: Image) throws -> Image {
    guard let crop else { return image }
    guard 0 <= crop.left, crop.left < crop.right, crop.right <= image.width,
      0 <= crop.top, crop.top < crop.bottom, crop.bottom <= image.height
    else {
      throw ProblemError.unusablePicture(
        file: name,
        reason:
          "its crop [\(crop.left), \(crop.top), \(crop.right), \(crop.bottom)] is not inside of "
          + "its \(image.width) x \(image.height) pixels")
    }
    return image.cropped(
      x: crop.left, y: crop.top, width: crop.right - crop.left, height: crop.bottom - crop.top)
  }
}
