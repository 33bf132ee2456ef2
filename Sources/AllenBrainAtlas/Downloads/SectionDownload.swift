import CajalSupport

/// A request for a section image: region, downsampling and quality.
public struct SectionDownload: Sendable, Hashable {
  /// A part of a section.
  public struct Region: Sendable, Hashable {
    /// The first column and the first row, in pixels of full resolution, whatever the download's
    /// size.
    public let left: Int, top: Int
    /// The columns and rows, in pixels of the downloaded picture.
    public let width: Int, height: Int

    /// A region. Traps unless it has a positive size and a corner that is not negative.
    public init(left: Int, top: Int, width: Int, height: Int) {
      require(left >= 0 && top >= 0, "A region starts within the image.")
      require(width > 0 && height > 0, "A region has at least one pixel.")
      self.left = left
      self.top = top
      self.width = width
      self.height = height
    }
  }

  /// The range of halvings; at the most, the largest pictures become a single pixel.
  public static let downsampleRange = 0...16
  /// The qualities of a JPEG.
  public static let qualityRange = 0...100

  /// The id of the section image.
  public let id: Int
  /// The number of times that width and height are halved.
  public let downsample: Int
  /// The quality of the JPEG from 0 to 100; the server's highest where `nil`.
  public let quality: Int?
  /// The part to download; all of it where `nil`.
  public let region: Region?

  /// A download. Traps unless the id is positive and the parameters are within their ranges.
  public init(_ id: Int, downsample: Int = 0, quality: Int? = nil, region: Region? = nil) {
    require(id > 0, "The id of a section image is positive.")
    require(
      Self.downsampleRange.contains(downsample),
      "A picture is halved \(Self.downsampleRange) times.")
    require(
      quality.map(Self.qualityRange.contains) ?? true, "A quality is in \(Self.qualityRange).")
    self.id = id
    self.downsample = downsample
    self.quality = quality
    self.region = region
  }

  /// The file name in a cache folder, which encodes all parameters.
  public var fileName: String { baseName + ".jpg" }

  /// The file's name without its extension.
  var baseName: String {
    var name = "\(id)"
    if downsample > 0 { name += "-d\(downsample)" }
    if let quality { name += "-q\(quality)" }
    if let region {
      name += "-x\(region.left)y\(region.top)w\(region.width)h\(region.height)"
    }
    return name
  }

  /// The path on the server.
  var path: String { "/api/v2/section_image_download/\(id)" }

  /// The parameters on the server.
  var query: String {
    var parameters: [String] = []
    if downsample > 0 { parameters.append("downsample=\(downsample)") }
    if let quality { parameters.append("quality=\(quality)") }
    if let region {
      parameters += [
        "left=\(region.left)", "top=\(region.top)", "width=\(region.width)",
        "height=\(region.height)",
      ]
    }
    return parameters.joined(separator: "&")
  }
}
