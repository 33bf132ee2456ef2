import CajalSupport

/// The encoder of a file that is being written.
enum PictureEncoder: ~Copyable {
  /// PNG and JPEG.
  case rows(RowEncoder)
  case tiff(TIFFWriter)

  init(
    _ shape: RowShape, metadata: PictureMetadata, format: ImageFormat, quality: Int,
    tiff: TIFFOptions, name: String, file: inout FileWriter
  ) throws(ImageError) {
    if format == .tiff {
      self = .tiff(
        try TIFFWriter(
          shape, metadata: metadata, options: tiff, quality: quality, name: name, file: &file))
    } else {
      self = .rows(
        try RowEncoder(shape, metadata: metadata, format: format, quality: quality, name: name))
    }
  }

  /// Encodes rows and writes what is complete.
  mutating func append(
    _ count: Int, from start: UnsafePointer<UInt8>, to file: inout FileWriter, name: String
  ) throws(ImageError) {
    switch consume self {
    case .rows(let encoder):
      let result = Result { () throws(ImageError) in
        try Self.append(count, from: start, encoder, to: &file, name: name)
      }
      self = .rows(encoder)
      try result.get()
    case .tiff(var writer):
      let result = Result { () throws(ImageError) in
        try writer.append(count, from: start, to: &file)
      }
      self = .tiff(writer)
      try result.get()
    }
  }

  private static func append(
    _ count: Int, from start: UnsafePointer<UInt8>, _ encoder: borrowing RowEncoder,
    to file: inout FileWriter, name: String
  ) throws(ImageError) {
    try encoder.writeRows(count, from: start, name: name)
    do throws(FileError) {
      try file.append(UnsafeRawBufferPointer(encoder.takeEncoded()))
    } catch {
      throw ImageError(error, name: name)
    }
  }

  /// Completes the file after the last row.
  borrowing func finish(_ file: inout FileWriter) throws(ImageError) {
    switch self {
    case .rows: break
    case .tiff(let writer): try writer.finish(&file)
    }
  }
}
