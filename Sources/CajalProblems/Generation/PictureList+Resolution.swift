import CajalImages
import CajalSupport
import CajalTensor

extension PictureList {
  /// The pictures of a page of their files, at a level of its pyramid, and of those without a crop
  /// only a region.
  ///
  /// - Throws: ``ProblemError/unusablePicture(file:reason:)`` for a picture that has a crop already.
  func taking(page: Int, level: Int, region: PixelRegion?) throws -> PictureList {
    guard page > 0 || level > 0 || region != nil else { return self }
    let taken = try pictures.map { picture in
      var picture = picture
      (picture.page, picture.level) = (page, level)
      guard let region else { return picture }
      guard picture.crop == nil else {
        throw ProblemError.unusablePicture(
          file: picture.name, reason: "its crop is listed, so that it has no other region")
      }
      picture.crop = Picture.Crop(
        left: region.left, top: region.top, right: region.left + region.width,
        bottom: region.top + region.height)
      return picture
    }
    return PictureList(pictures: taken, leftOut: leftOut)
  }

  /// The pictures made smaller where they are finer than a resolution: in blocks where it is listed,
  /// exactly where the file says it; see ``DataOptions/micronsPerPixel``.
  ///
  /// - Throws: ``ProblemError/noResolutions(source:)`` if no picture's resolution is known.
  func averaged(
    toMicronsPerPixel microns: Double?, source: String, limits: ImageLimits
  ) throws -> PictureList {
    guard let microns else { return self }
    let averaged = Threads.concurrentMap(pictures) { picture in
      var picture = picture
      if picture.micronsPerPixel != nil {
        let listed = picture.micronsPerPixel.map { $0 * picture.downsample(limits: limits) }
        picture.micronsPerPixel = listed
        picture.reduction = listed.map { Self.reduction(microns / $0) } ?? 1
      } else if let found = picture.resolutionOfFile(limits: limits) {
        picture.micronsPerPixel = found
        picture.factor = Self.factor(microns / found)
      }
      return picture
    }
    guard averaged.contains(where: { $0.micronsPerPixel != nil }) else {
      throw ProblemError.noResolutions(source: source)
    }
    return PictureList(pictures: averaged, leftOut: leftOut)
  }

  private static func reduction(_ ratio: Double) -> Int {
    // 0.6 / 0.4 is less than 1.5 by rounding. A picture of a resolution that cannot be true is too
    // small for a tile then.
    ratio >= 1.5 - 1e-9 ? max(2, Int(min(ratio, 65_536).rounded())) : 1
  }

  /// The factor to average by; `nil` where it is within 2 % of one, or the picture is too coarse.
  private static func factor(_ ratio: Double) -> Double? {
    ratio >= 1.02 ? min(ratio, 65_536) : nil
  }

  /// The resolutions of the pictures, from fine to coarse; those of unknown resolution last.
  var resolutions: [DataSummary.Resolution] {
    let groups = Dictionary(grouping: pictures) { picture in
      DataSummary.Resolution(
        micronsPerPixel: picture.micronsPerPixel, reduction: picture.reduction, pictureCount: 0,
        factor: picture.factor)
    }
    return groups.map { resolution, pictures in
      var resolution = resolution
      resolution.pictureCount = pictures.count
      return resolution
    }.sorted { $0.micronsPerPixel ?? .infinity < $1.micronsPerPixel ?? .infinity }
  }
}

extension Picture {
  /// The resolution that its file says for the level in use; `nil` if it says none, or cannot be
  /// read, which is reported when it is cut.
  fileprivate func resolutionOfFile(limits: ImageLimits) -> Double? {
    path.flatMap {
      try? ImageReader(contentsOf: $0, limits: limits, page: page, level: level).metadata
    }?.micronsPerPixel
  }

  /// Columns of the full resolution for each of the level in use.
  fileprivate func downsample(limits: ImageLimits) -> Double {
    guard level > 0, let path,
      let reader = try? ImageReader(contentsOf: path, limits: limits, page: page, level: level)
    else { return 1 }
    return reader.downsample
  }
}

extension DataSummary {
  /// Pictures of one resolution, in data that were made at one; see
  /// ``DataOptions/micronsPerPixel``.
  public struct Resolution: Sendable, Hashable, Codable {
    /// The side of a pixel of the files in micrometers; `nil` where it is not known.
    public internal(set) var micronsPerPixel: Double?
    /// Rows and columns of the blocks that were averaged; 1 where pictures stayed as they are.
    public internal(set) var reduction: Int
    /// The number of pictures.
    public internal(set) var pictureCount: Int
    /// Rows and columns of the files for each of the tiles, where files said their resolution and
    /// were averaged to exactly the one that was asked for.
    public internal(set) var factor: Double?
  }

  /// The resolution of the tiles of some pictures, in micrometers per pixel: the mean over their
  /// tiles, with six decimals; `nil` unless it is known for half of them and within 20 % for all
  /// those.
  static func micronsPerPixel(of pictures: [PictureTiles]) -> Double? {
    let known = pictures.compactMap { picture in
      picture.micronsPerPixel.map { (microns: $0, count: picture.keptCount) }
    }.filter { $0.count > 0 }
    let count = known.reduce(0) { $0 + $1.count }
    guard count > 0, 2 * count >= pictures.reduce(0, { $0 + $1.keptCount }) else { return nil }
    let mean = known.reduce(0.0) { $0 + $1.microns * Double($1.count) } / Double(count)
    guard known.allSatisfy({ abs($0.microns / mean - 1) <= 0.2 }) else { return nil }
    return (mean * 1e6).rounded() / 1e6
  }

  /// The resolution of the tiles in micrometers per pixel, or else the one that pictures were brought
  /// to; `nil` if neither is known.
  public var tileResolution: Double? { micronsPerPixel ?? request.micronsPerPixel }
}
