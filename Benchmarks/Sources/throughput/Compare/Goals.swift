import Cajal

/// What is good enough, and what would be better.
struct Goal {
  let floor: Double, aim: Double
}

/// A case that is to be faster than a peer by some factor.
struct RatioGoal {
  let name: String
  /// Against the better of PyTorch eager and compiled.
  let goal: Goal
  /// Against the better of the two with MKL unlocked.
  let unlockedFloor: Double

  static let all: [RatioGoal] =
    AttentionCase.model.map { item in
      RatioGoal(
        name: item.backwardName, goal: Goal(floor: 2.7, aim: 3.2),
        unlockedFloor: item.name.hasPrefix("local2d") ? 2.2 : 1.5)
    }
    + ConvolutionShape.trunk.map { shape in
      RatioGoal(
        name: shape.name("backward"), goal: Goal(floor: 0.95, aim: 1.3), unlockedFloor: 0.95)
    } + [
      RatioGoal(
        name: "img2img_transformer2d_tiny_b4", goal: Goal(floor: 2.6, aim: 3.3), unlockedFloor: 2.2),
      RatioGoal(
        name: "img2img_transformer2d_tiny_b18", goal: Goal(floor: 2.6, aim: 3.3),
        unlockedFloor: 2.2),
      RatioGoal(
        name: "img2img_transformer2d_base_b1", goal: Goal(floor: 2, aim: 2.6), unlockedFloor: 1.5),
      RatioGoal(name: "decode_tiny_b1", goal: Goal(floor: 4, aim: 6), unlockedFloor: 4),
      RatioGoal(name: "decode_tiny_b16", goal: Goal(floor: 4, aim: 6), unlockedFloor: 4),
      RatioGoal(
        name: "restoration_trunk_b8", goal: Goal(floor: 0.95, aim: 1.3), unlockedFloor: 0.95),
      RatioGoal(name: "restoration_head_b8", goal: Goal(floor: 1.3, aim: 2), unlockedFloor: 1.3),
    ]
}

/// A case that is to reach some share of what the processor can do.
struct FractionGoal {
  let name: String
  let goal: Goal

  /// The goals with the instructions of a level. Eight lanes leave less time for what is not a
  /// multiply-add than sixteen, and have half the registers.
  static func all(_ level: InstructionSet) -> [FractionGoal] {
    let narrow = level == .avx512 ? nil : Goal(floor: 0.6, aim: 0.75)
    let attention = AttentionCase.model.filter { $0.width == 32 }.flatMap { item in
      [
        FractionGoal(name: item.forwardName, goal: narrow ?? Goal(floor: 0.6, aim: 0.7)),
        FractionGoal(name: item.backwardName, goal: narrow ?? Goal(floor: 0.65, aim: 0.76)),
      ]
    }
    return attention
      + DenseShape.model.flatMap { $0.benchmarks(on: .cpu) }.map {
        FractionGoal(name: $0.name, goal: narrow ?? Goal(floor: 0.82, aim: 0.9))
      }
      + ConvolutionShape.trunk.flatMap { $0.benchmarks(on: .cpu) }.map {
        FractionGoal(name: $0.name, goal: Goal(floor: 0.8, aim: 0.9))
      }
  }
}

/// The goals that are about neither.
enum OtherGoals {
  /// The maximum memory of a training run, in bytes; less is better.
  static let memory = (name: "img2img_transformer2d_tiny_b18", goal: Goal(floor: 600e6, aim: 300e6))
  /// How much faster two threads are than one.
  static let scaling = (name: "img2img_transformer2d_tiny_b4", goal: Goal(floor: 1.8, aim: 1.95))
}
