/// A comparison as JSON. Undefined values are null: the PSNR of an exact picture, the SSIM of a
/// small one.
struct ComparisonRecord: Encodable {
  struct Picture: Encodable {
    let name: String
    let path: String?
    let isExact: Bool
    let meanSquaredError: Double
    let psnr: Double?
    let ssim: Double?
    let seams: Double?

    enum CodingKeys: String, CodingKey {
      case name, path, psnr, ssim, seams
      case isExact = "exact"
      case meanSquaredError = "mean_squared_error"
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(name, forKey: .name)
      try container.encodeIfPresent(path, forKey: .path)
      try container.encode(isExact, forKey: .isExact)
      try container.encode(meanSquaredError, forKey: .meanSquaredError)
      try container.encode(psnr, forKey: .psnr)
      try container.encode(ssim, forKey: .ssim)
      try container.encodeIfPresent(seams, forKey: .seams)
    }
  }

  let target: String
  let bitDepth: Int
  let range: Int
  let pictures: [Picture]
  let targetSeams: Double?
  let notes: [String]

  enum CodingKeys: String, CodingKey {
    case target, range, pictures, notes
    case bitDepth = "bits"
    case targetSeams = "target_seams"
  }
}
