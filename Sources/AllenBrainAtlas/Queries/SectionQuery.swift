/// A query for section images. All given criteria must match; failed experiments and images are
/// never listed.
public struct SectionQuery: Sendable, Hashable {
  /// The direction in which a brain is cut.
  public enum Plane: String, Sendable, Hashable, CaseIterable {
    /// Across the long axis; about 60 sections, 200 µm apart.
    case coronal
    /// Along it; about 20 sections.
    case sagittal
  }

  /// The experiments (`SectionDataSet`) by their ids; all of the atlas where empty.
  public var dataSets: [Int]
  /// The product by its id; 1 is the atlas of gene expression in the adult mouse.
  public var product: Int?
  /// The plane in which the brain is cut.
  public var plane: Plane?
  /// The treatment of the sections, by the server's name: `NISSL`, `ISH`, …
  public var treatment: String?

  /// A query.
  public init(
    dataSets: [Int] = [], product: Int? = nil, plane: Plane? = nil, treatment: String? = nil
  ) {
    self.dataSets = dataSets
    self.product = product
    self.plane = plane
    self.treatment = treatment
  }

  /// Whether the experiments must be queried before their images.
  var selectsDataSets: Bool {
    dataSets.isEmpty || product != nil || plane != nil || treatment != nil
  }

  /// The criteria for experiments, in the server's query language.
  func dataSetCriteria() throws(AtlasError) -> String {
    var criteria = "[failed$eq'false']" + (dataSets.isEmpty ? "" : Self.oneOf("id", dataSets))
    if let product { criteria += ",products[id$eq\(product)]" }
    if let plane { criteria += ",plane_of_section[name$eq'\(plane.rawValue)']" }
    if let treatment {
      // A quote would end the string in the query, an ampersand the query in the URL.
      guard !treatment.isEmpty,
        treatment.unicodeScalars.allSatisfy({
          $0.properties.isAlphabetic || $0.properties.numericType != nil
            || " -_.()/".unicodeScalars.contains($0)
        })
      else {
        throw .unusableQuery(
          reason: "\"\(treatment)\" is not the name of a treatment; those known are NISSL and ISH")
      }
      criteria += ",treatments[name$eq'\(treatment)']"
    }
    return criteria
  }

  /// The criteria for the images of some experiments.
  static func imageCriteria(dataSets: some Collection<Int>) -> String {
    "[failed$eq'false']" + oneOf("data_set_id", dataSets)
  }

  private static func oneOf(_ field: String, _ values: some Collection<Int>) -> String {
    let list = values.map(String.init).joined(separator: ",")
    return values.count == 1 ? "[\(field)$eq\(list)]" : "[\(field)$in\(list)]"
  }
}
