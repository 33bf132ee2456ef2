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
  /// - Parameter run: A run of a model with the same parameters.
  /// - Throws: ``TrainingError/unsuitableWeights(run:reason:)`` that names the first parameter that
  ///   one of the two models does not have or that has another shape.
  public mutating func initialize(from run: TrainedRun<M>) throws {
    let (layout, source) = (model.layout, run.model.layout)
    func mismatch(_ reason: String) -> TrainingError {
      .unsuitableWeights(run: run.path, reason: reason)
    }
    for parameter in layout.parameters {
      guard let other = source[parameter.path] else {
        throw mismatch("it has no parameter '\(parameter.path)', which the model has")
      }
      guard other.shape == parameter.shape else {
        throw mismatch(
          "'\(parameter.path)' has shape \(other.shape) there and \(parameter.shape) in the model")
      }
    }
    if let other = source.parameters.first(where: { layout[$0.path] == nil }) {
      throw mismatch("the model has no parameter '\(other.path)', which it has")
    }
    let device = model.parameters.device
    model.parameters = ParameterValues(
      layout.groups.map { group in
        group.assembled(on: device) { parameter in
          // Every parameter of the model was found above.
          source[parameter.path].map { run.model.parameters[$0] }
            ?? Tensor(repeating: 0, shape: parameter.shape)
        }
      })
    initialWeights = InitialWeights(
      run: URL(fileURLWithPath: run.path).standardizedFileURL.path, step: run.step)
  }
}
