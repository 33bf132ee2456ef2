import CCajalImageCodecs
import CajalSupport

/// Writes a tiled TIFF file, row by row.
///
/// Tiles of all levels go to the file as they fill up, each where the last one ended, and the
/// directories after them: memory is needed for a row of tiles of each level, twice that of the
/// largest, and for some compressed tiles. Only the header is written last, in its place.
///
/// Each smaller level has two directories with the same tiles: one in the chain of pages, where
/// OpenSlide looks, and one that the first page lists, as OME-TIFF has it, without a next page.
struct TIFFWriter {
  /// The bytes before the first tile: a header of BigTIFF, whatever the file becomes.
  private static let headerBytes = 16
  /// The most bytes of a classic file.
  private static let classicBytes = Int(UInt32.max)

  private let metadata: PictureMetadata
  private let options: TIFFOptions
  private let name: String
  private var levels: [TIFFLevelWriter] = []

  /// Starts a file; nothing may have been written to it.
  init(
    _ shape: RowShape, metadata: PictureMetadata, options: TIFFOptions, quality: Int, name: String,
    file: inout FileWriter
  ) throws(ImageError) {
    let header = try shape.header(name: name)
    guard options.compression == .deflate || (shape.bitDepth == 8 && !header.has_alpha) else {
      throw ImageError(
        .unwritable, name: name,
        reason: "JPEG has 8 bits a value and no alpha; compress the TIFF file by deflate")
    }
    (self.metadata, self.options, self.name) = (metadata, options, name)
    var next: RowShape? = shape
    while let shape = next {
      let level = TIFFLevelWriter(shape, compression: options.compression, quality: quality)
      levels.append(level)
      next = options.isPyramid ? level.halfShape : nil
    }
    try Self.append([UInt8](repeating: 0, count: Self.headerBytes), to: &file, name: name)
  }

  /// Appends rows, with those of the smaller levels that they complete.
  mutating func append(
    _ count: Int, from start: UnsafePointer<UInt8>, to file: inout FileWriter
  ) throws(ImageError) {
    let rowBytes = levels[0].shape.rowBytes
    for row in 0..<count {
      let bytes = UnsafeBufferPointer(start: start + row * rowBytes, count: rowBytes)
      var halved = try levels[0].append(bytes, to: &file, name: name)
      for level in levels.indices.dropFirst() {
        guard let row = halved else { break }
        halved = try row.withUnsafeBufferPointer { (buffer) throws(ImageError) in
          try levels[level].append(buffer, to: &file, name: name)
        }
      }
    }
  }

  /// Writes the directories and the header, once all rows are there.
  func finish(_ file: inout FileWriter) throws(ImageError) {
    if file.count % 2 == 1 { try Self.append([0], to: &file, name: name) }
    let start = file.count
    let copies = levels.indices.dropFirst()
    // An upper bound: directories of BigTIFF are larger.
    let most = levels.indices.reduce(0) {
      $0 + 2 * directory($1, smallerCopies: copies.count).byteCount(isBig: true)
    }
    let isBig = options.isAlwaysBig || start + most > Self.classicBytes
    // The pages, and then the copies that the first one lists.
    let order = Array(levels.indices) + copies
    var places: [Int] = []
    var place = start
    for level in order {
      places.append(place)
      place += directory(level, smallerCopies: copies.count).byteCount(isBig: isBig)
    }
    for (index, level) in order.enumerated() {
      var directory = directory(level, smallerCopies: copies.count)
      if index == 0, !copies.isEmpty {
        directory[.smallerCopies] = .offsets(Array(places[levels.count...]))
      }
      let next = index + 1 < levels.count ? places[index + 1] : 0
      try Self.append(
        directory.encoded(at: places[index], next: next, isBig: isBig), to: &file, name: name)
    }
    do throws(FileError) {
      try file.replace(at: 0, Self.header(directory: start, isBig: isBig))
    } catch {
      throw ImageError(error, name: name)
    }
  }

  private static func append(
    _ bytes: [UInt8], to file: inout FileWriter, name: String
  ) throws(ImageError) {
    do throws(FileError) {
      try file.append(bytes)
    } catch {
      throw ImageError(error, name: name)
    }
  }

  /// The header of a file whose first directory is at a place.
  private static func header(directory place: Int, isBig: Bool) -> [UInt8] {
    let number = TIFFDirectory.number
    return isBig
      ? Array("II".utf8) + number(43, 2) + number(8, 2) + number(0, 2) + number(place, 8)
      : Array("II".utf8) + number(42, 2) + number(place, 4)
  }
}

extension TIFFWriter {
  /// The directory of a level. `smallerCopies` is the number of places that are added to the first one
  /// later.
  private func directory(_ index: Int, smallerCopies: Int) -> TIFFDirectory {
    let level = levels[index]
    let shape = level.shape
    let hasAlpha = shape.channels % 2 == 0
    let isColor = shape.channels > 2
    let isJPEG = options.compression == .jpeg
    var directory = TIFFDirectory()
    // 1 is a smaller copy of another picture.
    directory[.kind] = .longs([index == 0 ? 0 : 1])
    directory[.width] = .longs([shape.width])
    directory[.height] = .longs([shape.height])
    directory[.bits] = .shorts([Int](repeating: shape.bitDepth, count: shape.channels))
    directory[.compression] = .shorts([isJPEG ? 7 : 8])
    directory[.photometric] = .shorts([!isColor ? 1 : isJPEG ? 6 : 2])
    directory[.orientation] = .shorts([1])
    directory[.samples] = .shorts([shape.channels])
    directory[.planes] = .shorts([1])
    directory[.software] = .text("Cajal")
    if !isJPEG { directory[.predictor] = .shorts([2]) }
    directory[.tileWidth] = .longs([level.tile.width])
    directory[.tileHeight] = .longs([level.tile.height])
    directory[.tileOffsets] = .offsets(level.offsets)
    directory[.tileByteCounts] = .offsets(level.byteCounts)
    // 2 is alpha that the colors are not multiplied by.
    if hasAlpha { directory[.extraSamples] = .shorts([2]) }
    if isJPEG && isColor {
      directory[.subsampling] = .shorts([2, 2])
      directory[.blackAndWhite] = .fractions([0, 255, 128, 255, 128, 255])
    }
    addMetadata(index, to: &directory)
    if index == 0, smallerCopies > 0 {
      directory[.smallerCopies] = .offsets([Int](repeating: 0, count: smallerCopies))
    }
    return directory
  }

  private func addMetadata(_ index: Int, to directory: inout TIFFDirectory) {
    let (shape, full) = (levels[index].shape, levels[0].shape)
    if let size = metadata.pixelSize {
      // Pixels per centimeter, which is unit 3.
      directory[.columnsPerUnit] = .fractions([
        1e4 / size.width * Double(shape.width) / Double(full.width)
      ])
      directory[.rowsPerUnit] = .fractions([
        1e4 / size.height * Double(shape.height) / Double(full.height)
      ])
      directory[.unit] = .shorts([3])
    }
    guard index == 0 else { return }
    directory[.description] = .text(OMEDescription(shape, pixelSize: metadata.pixelSize).xml)
    if let profile = metadata.usableColorProfile(isColor: shape.channels > 2) {
      directory[.colorProfile] = .bytes(profile)
    }
  }
}
