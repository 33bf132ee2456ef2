import CajalSupport
import CajalAutodiff
import CajalLayers
import CajalTensor

extension OutputDistribution {
  /// Chooses the values of a position.
  ///
  /// - Parameters:
  ///   - output: `[pictures, width]`, on the host.
  ///   - bases: `[pictures, valuesPerPosition]`, where the coding needs them.
  ///   - decoding: how values are chosen; ``Decoding/zeroTarget``, ``Decoding/onePass`` and
  ///     ``Decoding/crisp`` are not decided by
  ///     position.
  ///   - pictures: their numbers, which samples depend on.
  ///   - position: the position's number in the decoding order.
  func decode(
    _ output: Tensor<Float>, bases: Tensor<Int32>?, decoding: Decoding, pictures: [Int],
    position: Int
  ) -> DecodedPosition {
    switch decoding {
    case .greedy:
      let codes = mode(output, bases: bases)
      return DecodedPosition(codes: codes, values: values(of: codes, bases: bases))
    case .sample(let temperature, let seed):
      let codes = sample(
        output, bases: bases, temperature: temperature,
        uniforms: uniforms(seed: seed, pictures: pictures, position: position))
      return DecodedPosition(codes: codes, values: values(of: codes, bases: bases))
    case .mean:
      let means = mean(output, bases: bases)
      let largest = Double(levels - 1)
      let rounded = means.scalars.map { Int32(max(0, min(largest, $0.rounded()))) }
      return DecodedPosition(
        codes: mode(output, bases: bases), values: Tensor(rounded, shape: means.shape))
    case .zeroTarget, .onePass, .selfEnsemble, .crisp:
      requirementFailure("\(decoding.name) is one pass over all positions")
    }
  }

  /// Random numbers that depend on the seed, the picture's number and the position alone.
  private func uniforms(seed: UInt64, pictures: [Int], position: Int) -> Tensor<Float> {
    var numbers: [Float] = []
    numbers.reserveCapacity(pictures.count * uniformsPerPosition)
    for picture in pictures {
      let key = RandomKey(seed: seed, stream: RandomStreams.sampling, step: UInt64(picture))
      for number in 0..<uniformsPerPosition {
        let word = Philox.word(key, element: position * uniformsPerPosition + number)
        numbers.append(Philox.uniform(word))
      }
    }
    return Tensor(numbers, shape: [pictures.count, uniformsPerPosition])
  }
}
