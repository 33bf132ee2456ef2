import CajalSupport
import Foundation
import Testing

@testable import CajalTensor

/// The likelihood of mixtures of discretized logistics, on every device.
@Suite struct LogisticMixtureTests {
  private static func geometry(
    components: Int = 3, channels: Int, levels: Int = 256, unit: Float = 8
  ) -> LogisticMixtureGeometry {
    LogisticMixtureGeometry(
      components: components, channels: channels, levels: levels, unit: unit, logScales: -5...4)
  }

  /// One row of random parameters for each of `count` pixels, all the same where `isRepeated`.
  private func parameters(
    _ geometry: LogisticMixtureGeometry, count: Int, isRepeated: Bool = false, spread: Float = 2,
    on device: Device
  ) -> Tensor<Float> {
    let key = RandomKey(seed: 3, stream: UInt32(geometry.width))
    let rows = isRepeated ? 1 : count
    let row = Tensor<Float>(
      randomUniform: [rows, geometry.width], low: -spread, high: spread, key: key
    ).scalars
    return Tensor(
      isRepeated ? (0..<count).flatMap { _ in row } : row, shape: [count, geometry.width],
      on: device)
  }

  /// All values of a pixel, `[levels ^ channels, channels]`.
  private func allValues(_ geometry: LogisticMixtureGeometry) -> [Int32] {
    let pixels = (0..<geometry.channels).reduce([[Int32]()]) { lists, _ in
      lists.flatMap { list in (0..<Int32(geometry.levels)).map { list + [$0] } }
    }
    return pixels.flatMap { $0 }
  }

  /// For locations inside, at the ends of and beyond the scale.
  @Test(arguments: devices) func probabilitiesSumToOne(device: Device) {
    let geometries = [
      Self.geometry(channels: 1), Self.geometry(channels: 2, levels: 40, unit: 3),
      Self.geometry(channels: 3, levels: 12, unit: 2), Self.geometry(channels: 1, unit: 127.5),
      Self.geometry(components: 1, channels: 1, unit: 0.01),
    ]
    for geometry in geometries {
      let values = allValues(geometry)
      let shape: Shape = [values.count / geometry.channels, geometry.channels]
      for place in [0.3, 0, 1, 1.1] as [Float] {
        let losses = parameters(geometry, count: shape[0], isRepeated: true, on: device)
          .logisticMixtureLosses(
            values: Tensor(values, shape: shape, on: device),
            locations: Tensor(
              repeating: place * Float(geometry.levels - 1), shape: shape, on: device), geometry,
            withGradient: false
          ).losses
        let sum = losses.scalars.reduce(0) { $0 + exp(-Double($1)) }
        #expect(abs(sum - 1) < 1e-5, "\(geometry), around \(place) on \(device)")
      }
    }
  }

  /// Whatever a network says, up to what its products can be.
  @Test(arguments: devices) func extremesAreFinite(device: Device) {
    let geometry = Self.geometry(channels: 3)
    let rows = 64
    let parameters = parameters(geometry, count: rows, spread: 200, on: device)
    let count = rows * 3
    let (losses, gradient) = parameters.logisticMixtureLosses(
      values: Tensor(
        (0..<count).map { $0 % 3 == 0 ? 0 : $0 % 3 == 1 ? 255 : 100 }, shape: [rows, 3],
        on: device),
      locations: Tensor((0..<count).map { Float($0 % 2 * 255) }, shape: [rows, 3], on: device),
      geometry, withGradient: true)
    #expect(losses.scalars.allSatisfy { $0.isFinite && $0 >= -1e-5 }, "\(device)")
    #expect(gradient?.scalars.allSatisfy(\.isFinite) ?? false, "\(device)")
  }

  /// A pixel's loss and gradient have the same bits alone and among others, on any number of
  /// threads.
  @Test(arguments: devices) func rowsAreIndependent(device: Device) {
    let geometry = Self.geometry(components: 5, channels: 3)
    let rows = 3001
    let parameters = parameters(geometry, count: rows, on: device)
    let values = Tensor<Int32>(
      randomBelow: 256, shape: [rows, 3], key: RandomKey(seed: 1, stream: 9), on: device)
    let locations = Tensor<Float>(
      randomUniform: [rows, 3], low: 0, high: 255, key: RandomKey(seed: 2, stream: 9), on: device)
    func losses(_ range: Range<Int>) -> [Tensor<Float>] {
      let (losses, gradient) = parameters.sliced(range).logisticMixtureLosses(
        values: values.sliced(range), locations: locations.sliced(range), geometry,
        withGradient: true)
      return [losses] + [gradient].compactMap { $0 }
    }
    let all = losses(0..<rows)
    #expect(Threads.limited(to: 1) { losses(0..<rows) } == all)
    #expect(Threads.limited(to: 3) { losses(0..<rows) } == all)
    for range in [0..<1, 5..<6, 17..<40, 2990..<3001] {
      #expect(losses(range) == all.map { $0.sliced(range) }, "\(range) on \(device)")
    }
    let withoutGradient = parameters.logisticMixtureLosses(
      values: values, locations: locations, geometry, withGradient: false)
    #expect(withoutGradient.losses == all[0])
    #expect(withoutGradient.gradient == nil)
  }

  /// tensor2tensor takes the density of bins with less than 1e-5, which need not sum to 1, and the
  /// probability of all others.
  @Test(arguments: devices) func tensor2tensorsDensity(device: Device) {
    let geometry = LogisticMixtureGeometry(
      components: 1, channels: 1, unit: 127.5, logScales: -7...Float.infinity, layout: .byKind,
      bins: .densityBelow1e5)
    // A logit, the mean 0 and the scale e⁻⁴.
    let parameters = Tensor<Float>(
      (0..<256).flatMap { _ in [1, 0, -4] }, shape: [256, 3], on: device)
    let losses = parameters.logisticMixtureLosses(
      values: Tensor((0..<256).map { Int32($0) }, shape: [256, 1], on: device),
      locations: Tensor(repeating: 127.5, shape: [256, 1], on: device), geometry,
      withGradient: false
    ).losses.scalars
    for value in 1..<255 {
      let (x, s) = (Double(value) / 127.5 - 1, exp(4.0))
      func cdf(_ x: Double) -> Double { 1 / (1 + exp(-s * x)) }
      let p = cdf(x + 1 / 255.0) - cdf(x - 1 / 255.0)
      let density = s * x + 4 - 2 * log1p(exp(s * x)) - log(127.5)
      let expected = p > 1e-5 ? -log(p) : -density
      #expect(abs(Double(losses[value]) - expected) < 2e-5 * max(1, expected), "\(value)")
    }
  }

  @Test func valuesBeyondTheScale() async {
    for value in [-1, 256] as [Int32] {
      await #expect(processExitsWith: .failure) { [value = value as Int32] in
        let geometry = LogisticMixtureGeometry(
          components: 1, channels: 1, unit: 8, logScales: -5...4)
        _ = Tensor<Float>([0, 0, 0], shape: [1, 3]).logisticMixtureLosses(
          values: Tensor([value], shape: [1, 1]), locations: Tensor([0], shape: [1, 1]), geometry,
          withGradient: false)
      }
    }
  }

  @Test func parametersOfAnotherWidth() async {
    await #expect(processExitsWith: .failure) {
      let geometry = LogisticMixtureGeometry(
        components: 2, channels: 1, unit: 8, logScales: -5...4)
      _ = Tensor<Float>([0, 0, 0], shape: [1, 3]).logisticMixtureLosses(
        values: Tensor([0], shape: [1, 1]), locations: Tensor([0], shape: [1, 1]), geometry,
        withGradient: false)
    }
  }
}
