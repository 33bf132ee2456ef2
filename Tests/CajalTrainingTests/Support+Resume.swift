import Cajal
import CajalSupport
import Foundation

extension Trainer where M == Img2ImgTransformer {
  /// Trains with a stop after `stopping` steps.
  func fit(
    _ data: Dataset, steps: Int, stoppingAfter last: Int, resume: Resumption = .never
  ) throws -> TrainingHistory<M> {
    let stop = StopSignal([])
    let stopper = EventHandler {
      if case .step(let step) = $0, step.step == last { stop.request() }
    }
    return try fit(data, steps: steps, resume: resume, stop: stop, observers: [stopper])
  }
}

/// Rewrites a checkpoint as versions before format 2 wrote it.
func makeFormat1(_ path: String) throws {
  let file = try SafetensorsFile(contentsOf: path)
  let entries = try file.names.map { Safetensors.Entry($0, try file.tensor($0, as: Float.self)) }
  var texts = file.metadata.filter { !$0.key.hasPrefix("cajal.pending") }
  texts["cajal.checkpoint"] = "1"
  texts["cajal.crc32c"] = "\(Safetensors.checksum(of: entries))"
  try Safetensors.write(entries, metadata: texts, to: path)
}

/// Removes what `config.json` has since later versions.
func makeEarlierConfiguration(_ run: String) throws {
  let path = run + "/config.json"
  let object = try JSONSerialization.jsonObject(with: Data(Files.read(path)))
  var fields = object as? [String: Any] ?? [:]
  for name in ["dataFingerprint", "hyperparameterSet", "initialWeights"] { fields[name] = nil }
  let data = try JSONSerialization.data(withJSONObject: fields)
  try Files.writeAtomically(to: path, [UInt8](data))
}
