/// The server's record of a section image. All fields but the id may be missing.
public struct SectionImage: Sendable, Hashable, Identifiable, Decodable {
  /// The id under which the image is downloaded.
  public let id: Int
  /// The experiment that it belongs to (`SectionDataSet`).
  public let dataSet: Int?
  /// The place of the section in its brain, in sections.
  public let sectionNumber: Int?
  /// The section's box within the slide, in pixels of full resolution: first column.
  public let x: Int?
  /// The first row of the box.
  public let y: Int?
  /// The columns of the box.
  public let width: Int?
  /// The rows of the box.
  public let height: Int?
  /// The columns of the whole slide.
  public let imageWidth: Int?
  /// The rows of the whole slide.
  public let imageHeight: Int?
  /// The pixel size in micrometers.
  public let resolution: Double?
  /// The number of sizes that the server keeps, each half of the one before.
  public let tierCount: Int?

  private enum CodingKeys: String, CodingKey {
    case id
    case dataSet = "data_set_id"
    case sectionNumber = "section_number"
    case x, y, width, height
    case imageWidth = "image_width"
    case imageHeight = "image_height"
    case resolution
    case tierCount = "tier_count"
  }

  /// Decodes a record; numbers may be strings.
  public init(from decoder: any Decoder) throws {
    let record = try decoder.container(keyedBy: CodingKeys.self)
    id = try record.requiredID(.id)
    dataSet = record.lenient(.dataSet)
    sectionNumber = record.lenient(.sectionNumber)
    x = record.lenient(.x)
    y = record.lenient(.y)
    width = record.lenient(.width)
    height = record.lenient(.height)
    imageWidth = record.lenient(.imageWidth)
    imageHeight = record.lenient(.imageHeight)
    resolution = record.lenient(.resolution)
    tierCount = record.lenient(.tierCount)
  }
}
