import CajalModels
import CajalOptimizers
import Testing

/// What hyperparameters of any model have without code of their own.
@Suite struct ModelHyperparametersTests {
  struct Own: ModelHyperparameters {
    enum Shape: String, Codable, CaseIterable { case round, square }

    var width = 4
    var rate = 0.5
    var shape = Shape.round
    var sizes = [1, 2]

    static let names = ["width", "rate", "shape", "sizes"]
    static var sets: [NamedSet] {
      [("own_small", Own()), ("own_large", Own().with { $0.width = 64 })]
    }

    static func choices(of name: String) -> String {
      name == "shape" ? "round, square" : "a whole number"
    }

    func validate() {}

    func reasonForNoEffect(of name: String) -> String? {
      name == "rate" && width == 0 ? "has no effect without width" : nil
    }

    func optimizer(steps: Int) -> Optimizer { .adam(.constant(rate)) }
  }

  @Test func sets() throws {
    #expect(Own.setNames == ["own_small", "own_large"])
    #expect(try Own.named("own_large").width == 64)
    let error = #expect(throws: HyperparameterError.self) { try Own.named("own_smal") }
    #expect(
      error?.description == """
        own_smal: there is no such set of hyperparameters; did you mean own_small?; all sets: \
        own_small, own_large
        """)
  }

  @Test func overrides() throws {
    var own = Own()
    try own.apply(overrides: ["width = 8", "rate=0.25", "shape=square", "sizes=3,4,5"])
    #expect(own == Own(width: 8, rate: 0.25, shape: .square, sizes: [3, 4, 5]))
    #expect(try Own.names(in: ["width=8", "rate=1"]) == ["width", "rate"])
    for (text, part) in [
      ("widht=3", "did you mean width?"), ("width=x", "cannot be \"x\", it is a number"),
      ("width=1.5", "cannot be \"1.5\"; possible: a whole number"),
      ("shape=oval", "possible: round, square"), ("width", "write it as name=value"),
    ] {
      let error = #expect(throws: HyperparameterError.self) { try own.apply(overrides: [text]) }
      #expect(error?.description.contains(part) == true, "\(text)")
    }
  }

  @Test func effectsAndDefaults() throws {
    let narrow = Own().with { $0.width = 0 }
    try narrow.with { $0.rate = 0.5 }.checkEffect(of: ["rate"], since: Own())
    let error = #expect(throws: HyperparameterError.self) {
      try narrow.with { $0.rate = 1 }.checkEffect(of: ["width", "rate"], since: Own())
    }
    #expect(error?.name == "rate")
    #expect(Own().defaultSteps == nil && Own().groups(steps: 3).isEmpty)
    #expect(Img2ImgHyperparameters().reasonForNoEffect(of: "hidden_size") == nil)
  }
}
