import CajalAutodiff
import CajalModels
import CajalTensor
import Foundation

/// A discretized logistic distribution for each channel of a pixel (Salimans et al. 2017, with one
/// component): it predicts `channels` values together, from their locations and log scales.
///
/// The probability of v is `F(v + ½) - F(v - ½)` with `F(x) = σ((x - location) · e⁻ˢ)`, and the two
/// ends of the scale have what lies beyond them. Codes count down from the largest value, so that a
/// code taken for a value is noticed.
struct PixelLogistic: OutputDistribution {
  let valuesPerPosition: Int
  let levels: Int

  var width: Int { 2 * valuesPerPosition }
  var uniformsPerPosition: Int { valuesPerPosition }

  func codes(of values: Tensor<Int32>, bases: Tensor<Int32>?) -> Tensor<Int32> {
    Tensor(values.scalars.map { Int32(levels - 1) - $0 }, shape: values.shape)
  }

  func values(of codes: Tensor<Int32>, bases: Tensor<Int32>?) -> Tensor<Int32> {
    self.codes(of: codes, bases: bases)
  }

  func loss(_ output: Variable, codes: Tensor<Int32>, smoothing: Float) -> Variable {
    let values = values(of: codes, bases: nil)
    let location = output.sliced(0..<valuesPerPosition, axis: -1)
    let sharpness = (-output.sliced(valuesPerPosition..<width, axis: -1)).exp()
    func constant(_ number: (Int32) -> Float) -> Variable {
      output.tape.constant(Tensor(values.scalars.map(number), shape: values.shape))
    }
    func cumulative(_ bound: Float) -> Variable {
      ((constant { Float($0) + bound } - location) * sharpness).sigmoid()
    }
    let last = Int32(levels - 1)
    let upper = cumulative(0.5) * constant { $0 == last ? 0 : 1 } + constant { $0 == last ? 1 : 0 }
    let lower = cumulative(-0.5) * constant { $0 == 0 ? 0 : 1 }
    return -(upper - lower).log().mean()
  }

  func mode(_ output: Tensor<Float>, bases: Tensor<Int32>?) -> Tensor<Int32> {
    codes(output) { probabilities, _ in
      probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
    }
  }

  func sample(
    _ output: Tensor<Float>, bases: Tensor<Int32>?, temperature: Float, uniforms: Tensor<Float>
  ) -> Tensor<Int32> {
    let uniforms = uniforms.scalars
    return codes(output) { probabilities, index in
      let powers = probabilities.map { pow($0, 1 / Double(temperature)) }
      var remaining = Double(uniforms[index]) * powers.reduce(0, +)
      return powers.firstIndex { power in
        remaining -= power
        return remaining < 0
      } ?? levels - 1
    }
  }

  func mean(_ output: Tensor<Float>, bases: Tensor<Int32>?) -> Tensor<Double> {
    let means = probabilities(output).map { row in
      row.enumerated().reduce(0) { $0 + $1.element * Double($1.offset) }
    }
    return Tensor(means, shape: valueShape(ofOutput: output.shape))
  }

  func entropy(_ output: Tensor<Float>, bases: Tensor<Int32>?) -> Tensor<Double> {
    let entropies = probabilities(output).map { row in
      row.reduce(0) { $1 > 0 ? $0 - $1 * log($1) : $0 }
    }
    let shape = Shape(output.shape.dimensions.dropLast())
    let sums = (0..<shape.count).map { position in
      entropies[(position * valuesPerPosition)..<((position + 1) * valuesPerPosition)].reduce(0, +)
    }
    return Tensor(sums, shape: shape)
  }

  /// The probability of every value, for each value of each position.
  func probabilities(_ output: Tensor<Float>) -> [[Double]] {
    let numbers = output.scalars.map(Double.init)
    return stride(from: 0, to: numbers.count, by: width).flatMap { start in
      (start..<(start + valuesPerPosition)).map { index in
        let (location, scale) = (numbers[index], exp(numbers[index + valuesPerPosition]))
        let bounds = (0..<(levels - 1)).map { value in
          1 / (1 + exp(-(Double(value) + 0.5 - location) / scale))
        }
        return zip(bounds + [1], [0] + bounds).map { $0 - $1 }
      }
    }
  }

  private func codes(
    _ output: Tensor<Float>, _ value: (_ probabilities: [Double], _ index: Int) -> Int
  ) -> Tensor<Int32> {
    let values = probabilities(output).enumerated().map { Int32(value($0.element, $0.offset)) }
    return codes(of: Tensor(values, shape: valueShape(ofOutput: output.shape)), bases: nil)
  }
}
