import CajalSupport
import CajalTensor
import Foundation
import Testing

@Suite struct SafetensorsTests {
  @Test func roundTripKeepsEveryBitAndName() throws {
    try withSafetensorsFile { path in
      let floats = Tensor<Float>(
        [.nan, -0.0, .infinity, .leastNonzeroMagnitude, 3, 4], shape: [2, 3])
      let doubles = Tensor<Double>([.pi], shape: [])
      let integers = Tensor<Int32>([.min, .max], shape: [2, 1])
      let bytes = Tensor<UInt8>([0, 1, 255], shape: [3])
      let nothing = Tensor<Float>([], shape: [0, 5])
      let metadata = ["note": "a \"quoted\"\nline / ü 脳", "": "empty key"]
      try Safetensors.write(
        [
          .init("b/floats", floats), .init("doubles", doubles), .init("integers", integers),
          .init("ü bytes", bytes), .init("nothing", nothing),
        ], metadata: metadata, to: path)

      let file = try SafetensorsFile(contentsOf: path)
      #expect(file.names == ["b/floats", "doubles", "integers", "nothing", "ü bytes"])
      #expect(file.metadata == metadata)
      #expect(try file.shape(of: "b/floats") == [2, 3])
      #expect(try file.typeName(of: "doubles") == "F64")
      let read = try file.tensor("b/floats", as: Float.self)
      #expect(read.scalars.map(\.bitPattern) == floats.scalars.map(\.bitPattern))
      #expect(try file.tensor("doubles", as: Double.self) == doubles)
      #expect(try file.tensor("integers", as: Int32.self) == integers)
      #expect(try file.tensor("ü bytes", as: UInt8.self) == bytes)
      #expect(try file.tensor("nothing", as: Float.self).shape == [0, 5])
    }
  }

  @Test func tensorsLargerThanOnePieceAreWhole() throws {
    try withSafetensorsFile { path in
      let large = Tensor<Float>((0..<700_001).map { Float($0) })
      let slice = large.sliced(1..<700_000)
      let entries = [Safetensors.Entry("large", large), .init("slice", slice)]
      try Safetensors.write(entries, to: path)
      let file = try SafetensorsFile(contentsOf: path)
      #expect(try file.checksum() == Safetensors.checksum(of: entries.reversed()))
      #expect(try file.tensor("large", as: Float.self) == large)
      #expect(try file.tensor("slice", as: Float.self) == slice)
    }
  }

  @Test func bytesDependOnTheContentsAlone() throws {
    try withSafetensorsFile { path in
      let entries = (0..<20).map { Safetensors.Entry("t\($0)", Tensor<Float>([Float($0)])) }
      let byte = Safetensors.Entry("a", Tensor<UInt8>([7]))
      let metadata = Dictionary(uniqueKeysWithValues: (0..<20).map { ("k\($0)", "\($0)") })
      try Safetensors.write(entries + [byte], metadata: metadata, to: path)
      let first = try Files.read(path)
      try Safetensors.write([byte] + entries.reversed(), metadata: metadata, to: path)
      #expect(try Files.read(path) == first)
      // The header is padded, so that the data is aligned.
      let headerLength = first[..<8].enumerated().reduce(0) {
        $0 + Int($1.element) << (8 * $1.offset)
      }
      #expect(headerLength % 8 == 0)
    }
  }

  @Test func errorsNameTheFileAndTheReason() throws {
    try withSafetensorsFile { path in
      try Safetensors.write([.init("decoder/kernel", Tensor<Float>([1, 2]))], to: path)
      let file = try SafetensorsFile(contentsOf: path)
      #expect(
        message { _ = try file.tensor("decoder/kernal", as: Float.self) }
          == "cannot read \(path): it has no tensor 'decoder/kernal'; the nearest is 'decoder/kernel'"
      )
      #expect(
        message { _ = try file.tensor("decoder/kernel", as: Int32.self) }
          == "cannot read \(path): tensor 'decoder/kernel' is of type F32, not I32")
      #expect(
        message { _ = try SafetensorsFile(contentsOf: path + ".none") }
          == "cannot read \(path).none: No such file or directory")
      let folder = (path as NSString).deletingLastPathComponent
      #expect(
        message { _ = try SafetensorsFile(contentsOf: folder) }
          == "cannot read \(folder): it is not a regular file")
      #expect(
        message { try Safetensors.write([], to: path + "/below/a.file") }.contains(
          "Not a directory"))
    }
  }

  @Test func devicesAreNotReplaced() throws {
    try #require(Files.exists("/dev/full"))
    #expect(
      message { try Safetensors.write([.init("a", Tensor<Float>([1]))], to: "/dev/full") }
        == "cannot write /dev/full: it is not a regular file")
  }

  @Test func shortAndLongTypesAreKept() throws {
    try withSafetensorsFile { path in
      let halves = Tensor<Float16>([.nan, -0.0, 65504, 0x1p-24])
      let brains = Tensor<BFloat16>([.infinity, -0.0, .nan, 3.140625])
      let long = Tensor<Int64>([.min, .max], shape: [1, 2])
      let truth: Tensor<Bool> = [[true], [false], [true]]
      try Safetensors.write(
        [
          .init("truth", truth), .init("halves", halves), .init("brains", brains),
          .init("long", long),
        ], to: path)
      let file = try SafetensorsFile(contentsOf: path)
      #expect(try file.names.map(file.typeName) == ["BF16", "F16", "I64", "BOOL"])
      let readHalves = try file.tensor("halves", as: Float16.self)
      #expect(readHalves.scalars.map(\.bitPattern) == halves.scalars.map(\.bitPattern))
      let readBrains = try file.tensor("brains", as: BFloat16.self)
      #expect(readBrains.scalars.map(\.bitPattern) == brains.scalars.map(\.bitPattern))
      #expect(try file.tensor("long", as: Int64.self) == long)
      #expect(try file.tensor("truth", as: Bool.self) == truth)
      // As the format's own library writes them: a byte for each.
      #expect(try Files.read(path).suffix(3) == [1, 0, 1])
    }
  }

  @Test func truthIsZeroOrOne() throws {
    try withSafetensorsFile { path in
      let header = #"{"b":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}}"#
      try Files.writeAtomically(to: path, safetensorsBytes(header, data: [1, 2]))
      #expect(
        message { _ = try SafetensorsFile(contentsOf: path).tensor("b", as: Bool.self) }
          == "cannot read \(path): tensor 'b' has a byte of BOOL that is neither 0 nor 1")
    }
  }

  @Test func typesThatTensorsDoNotHaveAreListedOnly() throws {
    try withSafetensorsFile { path in
      let header = #"{"h":{"dtype":"U16","shape":[2],"data_offsets":[0,4]}}"#
      try Files.writeAtomically(to: path, safetensorsBytes(header, data: [1, 2, 3, 4]))
      let file = try SafetensorsFile(contentsOf: path)
      #expect(file.names == ["h"])
      #expect(
        message { _ = try file.tensor("h", as: Float.self) }
          == "cannot read \(path): tensor 'h' is of type U16, not F32")
    }
  }
}

/// The description of an error, or an empty string without one.
func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return ""
  } catch {
    return "\(error)"
  }
}

/// Calls a closure with the path of a file in a new directory, which is removed afterwards.
func withSafetensorsFile(_ body: (String) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("cajal-safetensors-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder.appendingPathComponent("a.safetensors").path)
}

/// A file with the given header, valid or not.
func safetensorsBytes(_ header: String, data: [UInt8]) -> [UInt8] {
  withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian, Array.init) + Array(header.utf8)
    + data
}
