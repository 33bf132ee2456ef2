/// The description of a picture as OME-TIFF has it, which names the size of its pixels.
struct OMEDescription {
  private let shape: RowShape
  private let pixelSize: PictureMetadata.PixelSize?

  init(_ shape: RowShape, pixelSize: PictureMetadata.PixelSize?) {
    self.shape = shape
    self.pixelSize = pixelSize
  }

  /// One picture of one directory, whose samples are those of one channel.
  var xml: String {
    let size =
      pixelSize.map {
        " PhysicalSizeX=\"\($0.width)\" PhysicalSizeXUnit=\"µm\""
          + " PhysicalSizeY=\"\($0.height)\" PhysicalSizeYUnit=\"µm\""
      } ?? ""
    let pixels = """
      <Pixels ID="Pixels:0" DimensionOrder="XYCZT" Type="uint\(shape.bitDepth)" \
      SizeX="\(shape.width)" SizeY="\(shape.height)" SizeC="\(shape.channels)" SizeZ="1" SizeT="1" \
      Interleaved="true"\(size)>\
      <Channel ID="Channel:0:0" SamplesPerPixel="\(shape.channels)"/>\
      <TiffData IFD="0" PlaneCount="1"/></Pixels>
      """
    return """
      <?xml version="1.0" encoding="UTF-8"?>\
      <OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" Creator="Cajal">\
      <Image ID="Image:0">\(pixels)</Image></OME>
      """
  }
}
