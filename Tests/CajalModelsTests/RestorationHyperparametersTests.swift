import CajalAutodiff
import CajalImages
import CajalTensor
import Foundation
import Testing

@testable import CajalModels

/// Hyperparameters of restoration models: their names, sets and ranges.
@Suite struct RestorationHyperparametersTests {
  private func object(_ value: some Encodable) throws -> [String: Any] {
    let data = try JSONEncoder().encode(value)
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  @Test func namesAreThoseOfTheFile() throws {
    let names = RestorationHyperparameters.names
    #expect(try Set(object(RestorationHyperparameters()).keys) == Set(names))
    #expect(Set(names).count == names.count)
  }

  /// Each value changed by itself is encoded, decoded and set by name.
  @Test func everyValueIsKept() throws {
    let standard = RestorationHyperparameters()
    for (name, value) in try object(standard) {
      let text: String
      if name == "trunk" {
        text = "u_net"
      } else {
        let number = try #require(value as? NSNumber).doubleValue
        let isCount = number == number.rounded() && number >= 1 || name == "adversarial_code"
        text = isCount ? "\(Int(number) + 1)" : "0.25"
      }
      var changed = standard
      try changed.apply(overrides: ["\(name)=\(text)"])
      #expect(changed != standard, "\(name)")
      let data = try JSONEncoder().encode(changed)
      #expect(try JSONDecoder().decode(RestorationHyperparameters.self, from: data) == changed)
    }
    let empty = try JSONDecoder().decode(RestorationHyperparameters.self, from: Data("{}".utf8))
    // Runs from before there was context noise were trained without.
    #expect(empty == standard.with { $0.contextNoise = 0 })
  }

  @Test func setsCanBeBuilt() throws {
    #expect(RestorationHyperparameters.sets[0].hyperparameters == RestorationHyperparameters())
    for (name, set) in RestorationHyperparameters.sets {
      let model = try RestorationModel(.init(hyperparameters: set))
      #expect(Set(model.layout.groups.map(\.name)) == Set(set.groups(steps: 10).keys), "\(name)")
    }
  }

  /// Sets whose results are compared have about as many parameters of the trunk.
  @Test func trunksOfOneSize() throws {
    func count(_ set: RestorationHyperparameters) throws -> Double {
      let layout = try RestorationModel(.init(hyperparameters: set)).layout
      let counts = layout.parameters.filter { $0.path.hasPrefix("trunk/") }.map(\.shape.count)
      return Double(counts.reduce(0, +))
    }
    let base = try count(.base)
    for set in [RestorationHyperparameters.transformer, .uNetSmall] {
      #expect(abs(try count(set) / base - 1) < 0.25)
    }
  }

  @Test(arguments: [
    ("trunk_width", "0"), ("trunk_blocks", "1001"), ("mixture_components", "65"),
    ("weight_average_decay", "1"), ("nats_weight", "-1"), ("pixels_per_picture", "0"),
    ("head_layers", "-1"), ("trunk_learning_rate", "-0.5"), ("batch_size", "65537"),
  ]) func valuesOutsideTheirRange(name: String, value: String) throws {
    var set = RestorationHyperparameters()
    try set.apply(overrides: ["\(name)=\(value)"])
    let error = #expect(throws: HyperparameterError.self) {
      try RestorationModel(.init(hyperparameters: set))
    }
    #expect(error?.name == name)
  }

  @Test func modelsThatAreTooLarge() throws {
    for (name, values) in [
      ("trunk_width", ["trunk_width=4096", "trunk_blocks=1000"]),
      ("trunk_width", ["trunk=u_net", "trunk_width=4096"]),
      ("head_width", ["head_width=4096", "head_layers=1000"]),
    ] {
      var set = RestorationHyperparameters()
      try set.apply(overrides: values)
      let error = #expect(throws: HyperparameterError.self) {
        try RestorationModel(.init(hyperparameters: set))
      }
      #expect(error?.name == name && error?.description.contains("at most 1073741824") == true)
    }
  }

  @Test func whatTrunksAndPicturesNeed() throws {
    let configurations: [(RestorationModel.Configuration, String)] = [
      (.init(hyperparameters: .transformer.with { $0.trunkWidth = 6 }), "trunk_width"),
      (.init(hyperparameters: .uNet.with { $0.trunkBlocks = 11 }), "trunk_blocks"),
      (.init(ratio: 0), "ratio"), (.init(ratio: 17), "ratio"), (.init(channels: 2), "num_channels"),
      (
        .init(
          channels: 1,
          normalization: PixelNormalization(
            mean: [1, 2, 3], standardDeviation: [1, 1, 1])),
        "num_channels"
      ),
    ]
    for (configuration, name) in configurations {
      let error = #expect(throws: HyperparameterError.self) { try RestorationModel(configuration) }
      #expect(error?.name == name)
    }
    var set = RestorationHyperparameters()
    let error = #expect(throws: HyperparameterError.self) {
      try set.apply(overrides: ["trunk=forest"])
    }
    #expect(error?.description.contains("convolutions, transformer, u_net") == true)
  }
}
