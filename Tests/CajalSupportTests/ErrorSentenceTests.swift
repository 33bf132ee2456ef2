import CajalSupport
import Foundation
import Testing

@Suite struct ErrorSentenceTests {
  private struct Steps: Decodable {
    struct Item: Decodable { let steps: Int }
    let items: [Item]
  }

  private struct Positive: Decodable {
    init(from decoder: any Decoder) throws {
      throw DecodingError.dataCorruptedError(
        in: try decoder.singleValueContainer(), debugDescription: "it is\nnegative")
    }
  }

  private struct Box: Decodable { let value: Positive }

  private func sentence<Value: Decodable>(_ type: Value.Type, _ json: String) -> String? {
    do {
      _ = try JSONDecoder().decode(type, from: Data(json.utf8))
      return nil
    } catch {
      return error.sentence
    }
  }

  @Test func theKeyIsNamed() {
    #expect(sentence(Steps.self, "{") == "it is not valid JSON")
    #expect(sentence(Steps.self, "") == "it is not valid JSON")
    #expect(sentence(Steps.self, "{}") == "it has no 'items'")
    #expect(sentence(Steps.self, #"{"items": [{}]}"#) == "it has no 'items[0].steps'")
    #expect(
      sentence(Steps.self, #"{"items": [{"steps": 1}, {"steps": "a"}]}"#)
        == "'items[1].steps' has the wrong type")
    #expect(sentence(Steps.self, "[]") == "it has the wrong type")
    #expect(sentence(Box.self, #"{"value": 1}"#) == "'value': it is negative")
  }

  @Test func otherErrorsAreOneLine() {
    struct Failure: Error, CustomStringConvertible { let description = "one\ntwo" }
    #expect(Failure().sentence == "one two")
  }

  @Test func numbersAndTextsArePadded() {
    #expect(7.zeroPadded(to: 3) == "007" && 1234.zeroPadded(to: 3) == "1234")
    #expect(UInt32(255).zeroPadded(to: 8, radix: 16) == "000000ff")
    #expect("ab".padded(to: 4) == "ab  " && "abc".padded(to: 2) == "abc")
  }
}
