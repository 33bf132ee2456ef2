import CCajalCUDA
import Foundation
import Testing

/// The mixture of discretized logistics.
@Suite struct MixtureKernelTests {
  /// Components in both orders of parameters, in fewer and in more numbers than lanes.
  @Test(arguments: KernelTests.devices) func mixtures(device: Int) {
    let machine = EmulatedDevice(device)
    for (components, channels, byKind, density) in [
      (1, 1, false, false), (2, 2, true, true), (5, 3, false, true), (10, 3, true, false),
      (40, 3, false, false),
    ] {
      let rows = 9
      let m = mixture(components: components, channels: channels, byKind: byKind, density: density)
      let width = Int(m.width)
      let parameters = numbers(rows * width).enumerated().map { $1 * ($0 % 3 == 0 ? 6 : 2) }
      let locations = numbers(rows * channels, seed: 1).map { 30 * $0 + 128 }
      let values = (0..<rows * channels).map { $0 % 5 == 0 ? 0 : $0 % 7 == 0 ? 255 : $0 * 37 % 256 }
      let run = machine.runBothWays([
        parameters, bits(values), locations, numbers(rows), parameters, numbers(rows),
      ]) { memory in
        for (losses, gradient) in [(memory[3], memory[4]), (memory[5], 0)] {
          machine.launch(
            "cajal_logistic_mixture", file: "logistic_mixture.cu", threads: 64,
            sharedBytes: 2 * Int(cajal_cuda_mixture_shared_bytes(m.components, m.width)),
            memory[0], memory[1], memory[2], losses, gradient, rows, m)
        }
      }
      #expect(run[3] == run[5])
      func loss(_ row: Int, _ p: [Double]) -> Double {
        let places = row * channels..<(row + 1) * channels
        return m.loss(
          p, values: Array(values[places]), locations: locations[places].map(Double.init))
      }
      for row in 0..<rows {
        let p = parameters[row * width..<(row + 1) * width].map(Double.init)
        expectClose([run[3][row]], [loss(row, p)], 1e-5, "loss")
        let slopes = p.indices.map { i in
          var (above, below) = (p, p)
          above[i] += 1e-5
          below[i] -= 1e-5
          return (loss(row, above) - loss(row, below)) / 2e-5
        }
        expectClose(
          Array(run[4][row * width..<(row + 1) * width]), slopes, 1e-3,
          "gradient of \(components) components")
      }
    }
  }

  private func mixture(
    components: Int, channels: Int, byKind: Bool, density: Bool
  ) -> cajal_cuda_logistic_mixture {
    let coefficients = channels * (channels - 1) / 2
    let own = 1 + 2 * channels + coefficients
    func first(_ before: Int) -> Int32 { Int32(byKind ? components * before : before) }
    func step(_ count: Int) -> Int32 { Int32(byKind ? count : own) }
    return cajal_cuda_logistic_mixture(
      components: Int32(components), channels: Int32(channels), width: Int32(components * own),
      logit_step: step(1), mean: first(1), mean_step: step(channels),
      log_scale: first(1 + channels), log_scale_step: step(channels),
      slope: first(1 + 2 * channels), slope_step: step(coefficients), unit: 127.5,
      log_unit: Float(log(127.5)), minimum_log_scale: -7, maximum_log_scale: 3, last_value: 255,
      density_below: density ? 1 : 0)
  }
}

extension cajal_cuda_logistic_mixture {
  /// The negative log-likelihood of a pixel.
  fileprivate func loss(_ p: [Double], values: [Int], locations: [Double]) -> Double {
    let residuals = zip(values, locations).map { (Double($0) - $1) / Double(unit) }
    let priors = (0..<Int(components)).map { p[$0 * Int(logit_step)] }
    let joints = priors.enumerated().map { k, prior in
      (0..<Int(channels)).reduce(prior) { sum, c in
        let slopes = Int(slope) + k * Int(slope_step) + c * (c - 1) / 2
        let mean = (0..<c).reduce(p[Int(mean) + k * Int(mean_step) + c]) {
          $0 + tanh(p[slopes + $1]) * residuals[$1]
        }
        let logScale = min(max(p[Int(log_scale) + k * Int(log_scale_step) + c], -7), 3)
        return sum
          + logProbability(distance: residuals[c] - mean, logScale: logScale, value: values[c])
      }
    }
    return logSumExp(priors) - logSumExp(joints)
  }

  private func logProbability(distance: Double, logScale: Double, value: Int) -> Double {
    let (inverse, half) = (exp(-logScale), 0.5 / Double(unit))
    let (upper, lower) = ((distance + half) * inverse, (distance - half) * inverse)
    if value == 0 { return -softplus(-upper) }
    if value == 255 { return -softplus(lower) }
    let exact = log(-expm1(-2 * half * inverse)) - softplus(-upper) - softplus(lower)
    if density_below == 0 || exact > log(1e-5) { return exact }
    let x = distance * inverse
    return x - 2 * softplus(x) - logScale - log(Double(unit))
  }

  private func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

  private func logSumExp(_ x: [Double]) -> Double {
    let largest = x.max() ?? 0
    return largest + log(x.reduce(0) { $0 + exp($1 - largest) })
  }
}
