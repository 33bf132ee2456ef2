/// The record of an experiment.
struct SectionDataSet: Decodable, Identifiable {
  let id: Int

  private enum CodingKeys: String, CodingKey { case id }

  init(from decoder: any Decoder) throws {
    id = try decoder.container(keyedBy: CodingKeys.self).requiredID(.id)
  }
}
