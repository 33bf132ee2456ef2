import CajalSupport
import CajalTensor
import Foundation
import Testing

@Suite struct SafetensorsDamageTests {
  /// A small file of three tensors.
  private static func sample(_ path: String) throws -> [UInt8] {
    try Safetensors.write(
      [
        .init("a", Tensor<Float>([1, 2, 3, 4, 5, 6], shape: [2, 3])),
        .init("b", Tensor<Int32>([7])), .init("c/d", Tensor<UInt8>([8, 9])),
      ], metadata: ["step": "12"], to: path)
    return try Files.read(path)
  }

  @Test func everyTruncationIsRefusedInOneLine() throws {
    try withSafetensorsFile { path in
      let whole = try Self.sample(path)
      for length in whole.indices {
        try Files.writeAtomically(to: path, Array(whole[..<length]))
        let text = message { _ = try SafetensorsFile(contentsOf: path) }
        #expect(text.hasPrefix("cannot read \(path): "), "\(length) bytes: \(text)")
        #expect(!text.contains("\n"))
      }
      try Files.writeAtomically(to: path, whole + [0])
      #expect(message { _ = try SafetensorsFile(contentsOf: path) }.contains("something else"))
    }
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func mutatedHeadersNeverCrash(seed: UInt64) throws {
    try withSafetensorsFile { path in
      let whole = try Self.sample(path)
      let dataStart = whole.count - 30
      var draws = Draws(seed: seed)
      var accepted = 0
      for _ in 0..<1000 {
        var bytes = whole
        for _ in 0..<draws.next(below: 4) + 1 {
          let place = draws.next(below: dataStart)
          switch draws.next(below: 3) {
          case 0: bytes[place] = UInt8(draws.next(below: 256))
          case 1: bytes[place] = Array("0123456789-[]{}\",:eE.".utf8)[draws.next(below: 21)]
          default: bytes.swapAt(place, draws.next(below: dataStart))
          }
        }
        try Files.writeAtomically(to: path, bytes)
        guard let file = try? SafetensorsFile(contentsOf: path) else { continue }
        accepted += 1
        for name in file.names {
          let shape = try file.shape(of: name)
          if let tensor = try? file.tensor(name, as: Float.self) { #expect(tensor.shape == shape) }
          _ = try? file.tensor(name, as: Int32.self)
          _ = try? file.tensor(name, as: UInt8.self)
        }
      }
      // Renaming a tensor is a legal change; most others are not.
      #expect(accepted > 0 && accepted < 900, "seed \(seed): \(accepted) accepted")
    }
  }

  @Test(arguments: [
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}"#,
      "start at 2 instead of 4"
    ),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, "start at 4 instead of 0"),
    (#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, "needs 12"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, "impossible byte range"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}"#, "impossible byte range"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,9]}}"#, "impossible byte range"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[]}}"#, "impossible byte range"),
    (#"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, "impossible shape"),
    (
      #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}"#,
      "impossible shape"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[0,9223372036854775807,3],"data_offsets":[0,0]}}"#,
      "impossible shape"
    ),
    // What a file may say, but no shape of ours holds.
    (
      #"{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,2],"data_offsets":[0,8]}}"#, "impossible shape"
    ),
    (#"{"a":{"dtype":"F32","shape":[0,2147483648],"data_offsets":[0,0]}}"#, "impossible shape"),
    (#"{"a":{"dtype":"X","shape":[2147483648],"data_offsets":[0,8]}}"#, "impossible shape"),
    (#"{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}}"#, "JSON"),
    (#"{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}}"#, "JSON"),
    (#"{"a":{"dtype":"F32","shape":[2]}}"#, "JSON"),
    (#"{"__metadata__":{"a":1}}"#, "JSON"),
    (#"[]"#, "JSON"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, "followed by something else"),
    (#"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#, "truncated"),
  ])
  func impossibleHeadersAreRefused(header: String, reason: String) throws {
    try withSafetensorsFile { path in
      try Files.writeAtomically(
        to: path, safetensorsBytes(header, data: .init(repeating: 0, count: 8)))
      #expect(message { _ = try SafetensorsFile(contentsOf: path) }.contains(reason))
    }
  }

  @Test func deepNestingAndHugeLengthsAreRefused() throws {
    try withSafetensorsFile { path in
      let deep = String(repeating: #"{"a":"#, count: 100_000)
      try Files.writeAtomically(to: path, safetensorsBytes(deep, data: []))
      #expect(message { _ = try SafetensorsFile(contentsOf: path) }.contains("JSON"))
      for length in [0, 1, 100_000_001, UInt64(Int.max), .max] {
        try Files.writeAtomically(
          to: path, withUnsafeBytes(of: length.littleEndian, Array.init) + Array("{}".utf8))
        #expect(message { _ = try SafetensorsFile(contentsOf: path) }.contains("announces"))
      }
    }
  }
}

@Suite struct SafetensorsFixtureTests {
  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("shared/t2t").path

  @Test(.enabled(if: Files.isDirectory(folder), "the fixtures are not beside the package"))
  func filesOfAnotherWriterAreRead() throws {
    let names = try Files.list(Self.folder).filter { $0.hasSuffix(".safetensors") }
    #expect(!names.isEmpty)
    for name in names {
      let file = try SafetensorsFile(contentsOf: "\(Self.folder)/\(name)")
      for tensor in file.names {
        switch try file.typeName(of: tensor) {
        case "F32":
          #expect(try file.tensor(tensor, as: Float.self).scalars.allSatisfy(\.isFinite))
        case "I32": _ = try file.tensor(tensor, as: Int32.self)
        case "U8": _ = try file.tensor(tensor, as: UInt8.self)
        case let other: Issue.record("\(tensor) has type \(other)")
        }
      }
    }
  }

  @Test(.enabled(if: Files.isDirectory(folder), "the fixtures are not beside the package"))
  func valuesAreThoseOfTheSidecar() throws {
    struct Sidecar: Decodable { var losses: [Double] }
    let json = Data(try Files.read("\(Self.folder)/train5.json"))
    let losses = try JSONDecoder().decode(Sidecar.self, from: json).losses
    let file = try SafetensorsFile(contentsOf: "\(Self.folder)/train5.safetensors")
    let stored = try file.tensor("losses", as: Float.self).scalars
    #expect(stored == losses.map { Float($0) })
  }
}

/// Numbers that depend on a seed alone.
private struct Draws {
  var key: RandomKey
  var index: UInt32 = 0

  init(seed: UInt64) { key = RandomKey(seed: seed, stream: 77) }

  mutating func next(below bound: Int) -> Int {
    defer { index += 1 }
    return Int(Philox.block(key, index).x) % bound
  }
}
