import CajalTraining
import Foundation
import FoundationXML
import Testing

@testable import CajalReports

/// A new folder, removed with the last reference to it.
final class TemporaryFolder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("cajal-reports-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, and the folders above it, and returns its path.
  @discardableResult
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    let url = URL(fileURLWithPath: path + "/" + name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
    return url.path
  }

  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    try write(Array(text.utf8), to: name)
  }

  /// Writes a log of `count` records and evaluations, with a configuration, and returns the run
  /// folder.
  func writeRun(
    _ name: String, count: Int, configuration: String = #"{"model":{"kind":"m"},"steps":900}"#,
    loss: (Int) -> Double = { 2 + 3 / Double($0) }
  ) throws -> String {
    var lines = ""
    for number in 1...count {
      let step = 10 * number
      lines += #"{"kind":"train","images_per_second":12.5,"learning_rate":0.001,"#
      lines +=
        #""loss":\#(Self.json(loss(number))),"seconds":\#(0.5 * Double(number)),"step":\#(step)}"#
      lines += "\n"
      if number.isMultiple(of: 10) {
        lines += #"{"kind":"evaluation","loss":\#(Self.json(loss(number) + 0.25)),"step":\#(step)}"#
        lines += "\n"
      }
    }
    try write(lines, to: "\(name)/log.jsonl")
    try write(configuration, to: "\(name)/config.json")
    return "\(path)/\(name)"
  }

  /// A number as a log has it.
  private static func json(_ value: Double) -> String {
    value.isNaN ? "\"nan\"" : value.isInfinite ? "\"inf\"" : "\(value)"
  }
}

/// A document of XML as elements, or the first error.
final class XMLDocumentReader: NSObject, XMLParserDelegate {
  struct Element {
    var name: String
    var attributes: [String: String]
    var text = ""
  }

  private(set) var elements: [Element] = []
  private var open: [Int] = []
  private(set) var failure: String?

  init(_ text: String) {
    super.init()
    // The parser knows no document type without a definition.
    let parser = XMLParser(data: Data(text.replacing("<!DOCTYPE html>\n", with: "").utf8))
    parser.delegate = self
    if !parser.parse() {
      failure = "line \(parser.lineNumber): \(parser.parserError.map { "\($0)" } ?? "")"
    }
  }

  func elements(_ name: String) -> [Element] { elements.filter { $0.name == name } }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String] = [:]
  ) {
    open.append(elements.count)
    elements.append(Element(name: name, attributes: attributes))
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    open.removeLast()
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    for index in open { elements[index].text += string }
  }
}
