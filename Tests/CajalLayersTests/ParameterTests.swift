import CajalAutodiff
import CajalLayers
import CajalTensor
import Testing

@Suite struct ParameterTests {
  @Test func layoutIsAlignedAndNamed() {
    var builder = ParameterBuilder()
    builder.scope("body") { builder in
      builder.scope("layer_0") { builder in
        _ = Dense(
          "ffn", inputs: 3, outputs: 5, initializer: .uniformUnitScaling(gain: 1), in: &builder)
      }
      _ = LayerNorm(width: 5, epsilon: 1e-6, in: &builder)
    }
    let layout = builder.layout
    #expect(
      layout.parameters.map(\.path) == [
        "body/layer_0/ffn/kernel", "body/layer_0/ffn/bias", "body/layer_norm/layer_norm_bias",
        "body/layer_norm/layer_norm_scale",
      ])
    #expect(layout.parameters.map(\.offset) == [0, 16, 32, 48])
    #expect(layout.parameterCount == 15 + 5 + 5 + 5)
    #expect(layout.groups.map(\.count) == [64])
    #expect(layout["body/layer_0/ffn/bias"]?.shape == [5])
    #expect(layout["nothing"] == nil)
  }

  /// The limit is √(3 · gain / mean fan); a uniform distribution over ±limit has the standard
  /// deviation limit / √3.
  @Test(arguments: [(64, 96), (300, 20)]) func unitScaling(rows: Int, columns: Int) throws {
    var builder = ParameterBuilder()
    let parameter = builder.declare(
      "kernel", shape: [rows, columns], initializer: .uniformUnitScaling(gain: 0.2))
    let values = try builder.layout.initialValues(seed: 7)[parameter].scalars
    let limit = (1.2 / Double(rows + columns)).squareRoot()
    let count = Double(values.count)
    let mean = values.reduce(0.0) { $0 + Double($1) } / count
    let variance = values.reduce(0.0) { $0 + Double($1) * Double($1) } / count
    #expect(values.allSatisfy { abs(Double($0)) <= limit })
    // Five standard errors of the mean and, roughly, of the variance.
    #expect(abs(mean) < 5 * limit / (3 * count).squareRoot())
    #expect(abs(variance - limit * limit / 3) < 5 * limit * limit / count.squareRoot())
  }

  @Test func seedsDecideInitialValues() throws {
    var builder = ParameterBuilder()
    _ = builder.declare("a", shape: [4, 4], initializer: .uniformUnitScaling(gain: 1))
    let one = try builder.layout.initialValues(seed: 1)
    #expect(try one == builder.layout.initialValues(seed: 1))
    #expect(try one != builder.layout.initialValues(seed: 2))
    _ = builder.declare("b", shape: [2], initializer: .constant(3))
    let two = try builder.layout.initialValues(seed: 1)
    #expect(two.buffers[0].flatSlice(from: 0, shape: [16]) == one.buffers[0])
    #expect(two.buffers[0].flatSlice(from: 16, shape: [2]).scalars == [3, 3])
  }

  /// Each group has a buffer of its own; what a parameter first is depends on its number alone.
  @Test func groups() throws {
    var builder = ParameterBuilder()
    let first = builder.declare("a", shape: [3], initializer: .normal(standardDeviation: 1))
    let (second, third) = builder.group("critic") { builder in
      let second = builder.scope("critic") {
        $0.declare("b", shape: [20], initializer: .normal(standardDeviation: 1))
      }
      return (
        second, builder.group("model") { $0.declare("c", shape: [2], initializer: .constant(1)) }
      )
    }
    let layout = builder.layout
    #expect(layout.groups.map(\.name) == ["model", "critic"])
    #expect(layout.groups.map(\.count) == [32, 32])
    #expect(layout.index(ofGroup: "critic") == 1 && layout.index(ofGroup: "none") == nil)
    #expect([first, second, third].map(\.group) == [0, 1, 0])
    #expect([first, second, third].map(\.offset) == [0, 0, 16])
    #expect(layout.parameters == [first, second, third])
    let values = try layout.initialValues(seed: 5)
    #expect(values[third].scalars == [1, 1])
    var plain = ParameterBuilder()
    _ = plain.declare("a", shape: [3], initializer: .normal(standardDeviation: 1))
    let same = plain.declare("b", shape: [20], initializer: .normal(standardDeviation: 1))
    #expect(try plain.layout.initialValues(seed: 5)[same] == values[second])
  }
}
