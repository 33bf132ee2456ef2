import CajalSupport
import Foundation
import Testing

@testable import CajalProblems

/// Numbers in names, options and files, from one end of the integers to the other.
@Suite struct NumberTests {
  private static let texts = [
    "-9223372036854775808", "-1", "0", "1", "2147483648", "9223372036854775807",
    "9223372036854775808", "99999999999999999999", "nan", "inf", "1e400",
  ]

  @Test(arguments: texts) func namesAndOptions(number: String) throws {
    for name in ["8to\(number)", "\(number)to32", "inpainting\(number)", "identity\(number)"] {
      let text = errorText { try ProblemRegistry.standard.problem(named: "allen-brain-" + name) }
      #expect(text == nil || text?.contains("allen-brain-\(name)") == true)
      #expect((text == nil) == (number == "1" && name != "8to1"), "\(name): \(text ?? "")")
    }
    for (problem, option, value) in [
      (AllenBrain.dim8to32, "tile_size", number), (.inpainting16, "hole_area", number),
      (.dim8to32, "input_schedule", "\(number):5"), (.dim8to32, "input_schedule", "8:\(number)"),
      (.dim8to32, "tissue", "luma_deviation:\(number)"),
      (.dim8to32, "tissue", "tensor2tensor:\(number)"),
      (.dim8to32, "normalization", "\(number),1,1/1,1,\(number)"),
    ] {
      let text = errorText {
        let set = try problem.setting([option: value])
        #expect(set.options[option] != nil)
        #expect(set.atStep(.max).name == problem.name)
        return set
      }
      #expect(text == nil || text?.contains("option \(option) cannot be \(value)") == true)
    }
  }

  /// From twice its input on, a target is a whole multiple of it.
  @Test(arguments: [
    ("8to32", true), ("8to16", true), ("32to40", true), ("30to37", true), ("48to64", true),
    ("5to9", true), ("7to7", true), ("8to31", false), ("8to33", false), ("12to32", false),
    ("32to8", false), ("0to8", false), ("8to1032", false),
  ]) func sizes(name: String, isProblem: Bool) {
    #expect((AllenBrain(named: "allen-brain-" + name) != nil) == isProblem)
    let text = errorText { try ProblemRegistry.standard.problem(named: "allen-brain-" + name) }
    #expect((text == nil) == isProblem)
    #expect(isProblem || text?.hasPrefix("there is no problem allen-brain-\(name): ") == true)
  }

  @Test func sizesAreExplained() {
    func text(_ name: String) -> String? {
      errorText { try ProblemRegistry.standard.problem(named: "allen-brain-" + name) }
    }
    #expect(text("8to31")?.contains("such as 8to24 or 8to32") == true)
    #expect(text("32to8")?.contains("smaller than its input") == true)
    #expect(text("8to99999999999")?.contains("1 to 1024") == true)
    #expect(text("identity2000")?.contains("1 to 1024") == true)
  }

  @Test(arguments: ["9000000000000", "9223372036854775807", "99999"])
  func shardsThatAreNotThere(count: String) throws {
    try withTemporaryDirectory { folder in
      try Files.writeAtomically(to: "\(folder)/a-train-00000-of-\(count)", [])
      #expect(
        errorText { try AllenBrain.dim8to32.describeShards(in: folder) }
          == "cannot use the shards in \(folder): the shard a-train-00001-of-\(count) is missing")
    }
  }

  /// Any number of a description replaced by the ends of the integers: the data open, or the file
  /// is named.
  @Test func descriptionsOfData() throws {
    try withTemporaryDirectory { folder in
      let data = try tinyProblem.generateData(from: noiseSections(3), to: folder + "/data")
      let path = data.directory + "/dataset.json"
      let original = try #require(
        try JSONSerialization.jsonObject(with: Data(Files.read(path))) as? [String: Any])
      var refused = 0
      for (field, value) in original {
        for number in [Int.min, -1, 1 << 31, Int.max] {
          for variant in replacements(in: value, by: number) {
            let changed = original.merging([field: variant]) { $1 }
            try Files.writeAtomically(
              to: path, [UInt8](JSONSerialization.data(withJSONObject: changed)))
            let text = errorText {
              let opened = try Dataset(at: data.directory, for: tinyProblem)
              return "\(opened) \(opened.summary.byteCount) \(opened.summary.droppedTileCount)"
            }
            if text != nil { refused += 1 }
            #expect(text?.contains(data.directory) ?? true, "\(field): \(text ?? "")")
          }
        }
      }
      #expect(refused > 30)
    }
  }

  /// The values in which one of the numbers inside is another one.
  private func replacements(in json: Any, by number: Int) -> [Any] {
    if let object = json as? [String: Any] {
      return object.flatMap { key, value in
        replacements(in: value, by: number).map { object.merging([key: $0]) { $1 } as Any }
      }
    }
    if let list = json as? [Any] {
      return list.indices.flatMap { index in
        replacements(in: list[index], by: number).map { value in
          var changed = list
          changed[index] = value
          return changed as Any
        }
      }
    }
    return json is NSNumber ? [number] : []
  }
}
