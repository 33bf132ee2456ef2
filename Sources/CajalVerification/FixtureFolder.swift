import CajalSupport
import Foundation

/// A folder of cases that another implementation computed: `index.json`, and for each case a
/// safetensors file and a JSON sidecar.
public struct FixtureFolder: Sendable {
  /// The path.
  public let path: String
  /// The cases that the index lists, in its order.
  public let cases: [Case]

  /// An entry of the index.
  public struct Case: Sendable, Codable {
    /// Its name, such as `local2d_default`.
    public let name: String
    /// `forward`, `train` or `decode`.
    public let kind: String
    let tensors: String
    let sidecar: String
  }

  private struct Index: Codable { let cases: [Case] }

  /// Reads the index.
  ///
  /// - Throws: ``FixtureError`` when it is missing or not such an index.
  public init(_ path: String) throws {
    self.path = path
    cases = try Self.decode(Index.self, from: path + "/index.json").cases
  }

  func sidecar(of fixture: Case) throws -> Sidecar {
    let file = "\(path)/\(fixture.sidecar)"
    let sidecar = try Self.decode(Sidecar.self, from: file)
    for stride in [sidecar.logitsStride, sidecar.stepLogitsStride].compactMap({ $0 })
    where !(1...1_000_000).contains(stride) {
      throw FixtureError(description: "\(file): a stride is from 1 to 1000000, not \(stride)")
    }
    return sidecar
  }

  private static func decode<Value: Decodable>(_ type: Value.Type, from file: String) throws
    -> Value
  {
    let bytes = try Files.read(file)
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch {
      throw FixtureError(description: "\(file) is not a fixture's JSON: \(error.sentence)")
    }
  }
}
