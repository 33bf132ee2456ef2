import CajalAutodiff
import CajalSupport
import CajalLayers
import CajalModels
import CajalOptimizers
public import CajalTensor

/// Replays cases of a fixture folder with this library's model and compares the numbers.
public struct FixtureReplay: Sendable {
  /// The fixture folder.
  public let folder: FixtureFolder
  /// The device.
  public let device: Device

  /// Replays on `device`.
  public init(_ folder: FixtureFolder, on device: Device = .cpu) {
    self.folder = folder
    self.device = device
  }

  /// Replays one case. Errors are part of the result.
  public func replay(_ fixture: FixtureFolder.Case) -> CaseResult {
    do {
      let sidecar = try folder.sidecar(of: fixture)
      if let reason = Self.unsupportedFeature(fixture, sidecar) {
        return CaseResult(fixture.name, .unsupported, reason: reason)
      }
      let replay = try CaseReplay(fixture, sidecar, in: folder, on: device)
      switch fixture.kind {
      case "train": return CaseResult(fixture.name, checks: try replay.trajectory())
      case "decode": return CaseResult(fixture.name, checks: try replay.decoding())
      default: return CaseResult(fixture.name, checks: try replay.forward())
      }
    } catch {
      return CaseResult(fixture.name, .failed, reason: "\(error)")
    }
  }

  /// The unsupported feature that the case needs, if any.
  private static func unsupportedFeature(_ fixture: FixtureFolder.Case, _ sidecar: Sidecar)
    -> String?
  {
    let fields = sidecar.hparams
    func text(_ name: String) -> String? { fields[name]?.override }
    guard ["forward", "train", "decode"].contains(fixture.kind) else {
      return "cases of kind \(fixture.kind)"
    }
    guard CaseReplay.models.contains(sidecar.model) else { return "the model \(sidecar.model)" }
    let required = [
      ("ffn_layer", "conv_hidden_relu"), ("norm_type", "layer"), ("block_size", "1"),
    ]
    for (name, value) in required {
      if let found = text(name), found != value { return "\(name)=\(found)" }
    }
    for name in ["layer_prepostprocess_dropout", "relu_dropout", "attention_dropout"] {
      if sidecar.mode == "train", let rate = text(name).flatMap(Double.init), rate > 0 {
        return "\(name)=\(rate): the original's random numbers"
      }
    }
    typealias H = Img2ImgHyperparameters
    if let kind = text("likelihood"), H.Likelihood(rawValue: kind) == nil {
      return "likelihood=\(kind)"
    }
    if let type = text("enc_attention_type"), H.EncoderAttention(rawValue: type) == nil {
      return "enc_attention_type=\(type)"
    }
    if let type = text("dec_attention_type"), H.DecoderAttention(rawValue: type) == nil {
      return "dec_attention_type=\(type)"
    }
    if let kind = text("optimizer"), fixture.kind == "train",
      !["adam", "true_adam", "momentum"].contains(kind)
    {
      return "optimizer=\(kind)"
    }
    return nil
  }
}
