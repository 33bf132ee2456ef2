import CajalAutodiff
import CajalTensor
import Foundation

/// The run that provided the initial weights of another run.
public struct InitialWeights: Sendable, Hashable, Codable {
  /// The run folder.
  public let run: String
  /// The number of updates of those weights.
  public let step: Int
}

extension Trainer {
  /// Initializes the model with the weights of another run, for fine-tuning: the average of its
  /// newest valid checkpoint if it has one. The optimizer state starts fresh. A resumed run ignores
  /// these weights.
  ///
  /// - Parameter run: A run of a model with the same parameters, or those that the model says in
  ///   ``Model/sourcePath(of:in:)``.
  /// - Throws: ``TrainingError/unsuitableWeights(run:reason:)`` that names the first parameter that
  ///   one of the two models does not have or that has another shape.
  public mutating func initialize(from run: TrainedRun<M>) throws {
    let (layout, source) = (model.layout, run.model.layout)
    func mismatch(_ reason: String) -> TrainingError {
      .unsuitableWeights(run: run.path, reason: reason)
    }
    let paths = layout.parameters.map { model.sourcePath(of: $0, in: source) }
    for (parameter, path) in zip(layout.parameters, paths) {
      guard let path else { continue }
      guard let other = source[path] else {
        throw mismatch("it has no parameter '\(path)', which the model has")
      }
      guard other.shape == parameter.shape else {
        throw mismatch(
          "'\(path)' has shape \(other.shape) there and \(parameter.shape) in the model")
      }
    }
    let used = Set(paths.compactMap { $0 })
    if let other = source.parameters.first(where: { !used.contains($0.path) }) {
      throw mismatch("the model has no parameter '\(other.path)', which it has")
    }
    let device = model.parameters.device
    model.parameters = ParameterValues(
      layout.groups.map { group in
        group.assembled(on: device) { parameter in
          model.sourcePath(of: parameter, in: source).flatMap { source[$0] }
            .map { run.model.parameters[$0] } ?? model.parameters[parameter]
        }
      })
    initialWeights = InitialWeights(
      run: URL(fileURLWithPath: run.path).standardizedFileURL.path, step: run.step)
  }
}
