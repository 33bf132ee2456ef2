import Cajal

/// A data set in figures, as JSON: what `DataReport` says in words.
struct DataRecord: Encodable {
  /// A picture that was left out.
  struct Skipped: Encodable {
    let picture: String
    let reason: String
  }

  let folder: String
  let problem: String
  let sections: Int
  let pictures: Int
  let tiles: Int
  let tileSize: Int
  let droppedTiles: Int
  let trainingTiles: Int
  let heldOutTiles: Int
  let heldOutExamples: Int
  let heldOutSections: [String]
  let mean: [Double]
  let standardDeviation: [Double]
  let bytes: Int
  let skipped: [Skipped]
  let brokenRecords: Int
  let contactSheet: String?

  private enum CodingKeys: String, CodingKey {
    case folder, problem, sections, pictures, tiles, mean, bytes, skipped
    case tileSize = "tile_size"
    case droppedTiles = "dropped_tiles"
    case trainingTiles = "training_tiles"
    case heldOutTiles = "held_out_tiles"
    case heldOutExamples = "held_out_examples"
    case heldOutSections = "held_out_sections"
    case standardDeviation = "standard_deviation"
    case brokenRecords = "broken_records"
    case contactSheet = "contact_sheet"
  }

  init(_ data: Dataset, contactSheet: String?) {
    let summary = data.summary
    folder = data.directory
    problem = data.problem.name
    sections = summary.sections.count
    pictures = summary.sections.reduce(0) { $0 + $1.pictureCount }
    tiles = summary.sections.reduce(0) { $0 + $1.tileCount }
    tileSize = summary.request.tileSize
    droppedTiles = summary.droppedTileCount
    trainingTiles = summary.trainingTileCount
    heldOutTiles = summary.evaluationTileCount
    heldOutExamples = data.evaluationExamples.count
    heldOutSections = summary.sections.filter(\.isForEvaluation).map(\.name)
    mean = summary.mean
    standardDeviation = summary.standardDeviation
    bytes = summary.byteCount
    skipped = summary.skipped.map { Skipped(picture: $0.picture, reason: "\($0.reason)") }
    brokenRecords = data.brokenRecords.count
    self.contactSheet = contactSheet
  }
}
