import CajalAutodiff
public import CajalImages
import CajalLayers
public import CajalModels
import CajalSupport
public import CajalTensor
import CajalTraining

/// The parts of a training step of a ``RestorationModel``, on random pictures of 8 × 8 to 32 × 32.
///
/// As in training, a batch is divided into micro-batches of the size that the model recommends,
/// and these over threads.
public final class TimedRestoration {
  /// A micro-batch, what an earlier forward pass of the trunk made of it, and the gradients of its
  /// thread.
  private struct Part {
    let batch: RestorationBatch
    let picture, features: Tensor<Float>
    let gradients: ParameterGradients
  }

  private let model: RestorationModel
  private let parts: [Part]

  /// A model with random weights and a number of pictures, which micro-batches divide.
  ///
  /// - Throws: `HyperparameterError`, or `AllocationError` for want of memory.
  public init(
    _ hyperparameters: RestorationHyperparameters, pictures: Int, on device: Device = .cpu
  ) throws {
    let model = try RestorationModel(
      .init(hyperparameters: hyperparameters), seed: 1, on: device)
    self.model = model
    let size = model.trainingDefaults.microBatchSize
    let (inputs, targets) = (
      Self.pictures(side: 8, count: pictures), Self.pictures(side: 32, count: pictures)
    )
    parts = try stride(from: 0, to: pictures, by: size).map { first in
      let range = first..<(first + size)
      let batch = try model.batchMaker(Array(inputs[range]), Array(targets[range]))
      let predicted = model.predict(
        batch, ForwardPass(tape: Tape(), parameters: model.parameters))
      return Part(
        batch: batch, picture: predicted.picture.value, features: predicted.features.value,
        gradients: try ParameterGradients(for: model.layout, on: device))
    }
  }

  /// The loss of the trunk's pictures and its gradient.
  public func trunkStep() {
    differentiate { model, part, pass in
      model.absoluteError(model.predict(part.batch, pass), part.batch)
    }
  }

  /// The loss of random pixels and its gradient, given the trunk's features, whose gradient is
  /// computed as well.
  public func headStep() {
    differentiate { model, part, pass in
      let predicted = RestorationModel.Predicted(
        picture: pass.tape.constant(part.picture), features: pass.tape.variable(part.features))
      return model.natsOfRandomPixels(predicted, part.batch, pass)
    }
  }

  private func differentiate(
    _ loss: (RestorationModel, Part, ForwardPass) -> Variable
  ) {
    Threads.concurrentPerform(parts.count) { index in
      let part = parts[index]
      part.gradients.reset()
      let tape = Tape(parameterGradients: part.gradients)
      let pass = ForwardPass(
        tape: tape, parameters: model.parameters,
        randomness: RandomKey(seed: 1, stream: 0, step: UInt64(index)))
      tape.backward(from: loss(model, part, pass), seed: 1 / Float(parts.count))
    }
    model.parameters.device.synchronize()
  }

  /// Random pictures of three channels.
  public static func pictures(side: Int, count: Int) -> [Image] {
    (0..<count).map { number in
      var random = RandomStream(
        RandomKey(seed: 1, stream: UInt32(side), step: UInt64(number)))
      return Image(
        width: side, height: side, channels: 3,
        pixels: (0..<(side * side * 3)).map { _ in UInt8(random.nextWord() >> 24) })
    }
  }
}
