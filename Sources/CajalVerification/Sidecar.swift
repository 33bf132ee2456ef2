/// The part of a sidecar that a replay needs.
struct Sidecar: Decodable {
  let model: String
  let mode: String
  let hparams: [String: JSONValue]
  let logitsStride: Int?
  let stepLogitsStride: Int?
  let gradNormsOrder: [String]?
  let steps: Int?

  enum CodingKeys: String, CodingKey {
    case model, mode, hparams, steps
    case logitsStride = "logits_stride"
    case stepLogitsStride = "step_logits_stride"
    case gradNormsOrder = "grad_norms_order"
  }
}
