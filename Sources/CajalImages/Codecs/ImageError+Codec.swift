import CCajalImageCodecs
import CajalSupport

extension ImageError {
  /// Converts a session's failure; `format` is the detected format, if any.
  init(_ failure: cajal_codec_failure, format: ImageFormat? = nil, name: String) {
    switch failure.kind {
    case .damaged:
      let data = format.map { "the \($0.name) data is damaged: " } ?? ""
      self.init(.damaged, name: name, reason: data + failure.string)
    case .unsupported:
      let data = format.map { "this kind of \($0.name) is not read: " } ?? ""
      self.init(
        .unsupported, name: name, reason: data + failure.string + "; convert it to PNG")
    case .unreadable:
      self.init(.unreadable, name: name, reason: "cannot be read: \(failure.string)")
    case .too_large:
      self.init(
        .tooLarge, name: name,
        reason: "\(failure.string); raise the limits or cut it into parts")
    }
  }
}

extension cajal_codec_failure {
  /// The text as a Swift string.
  var string: String {
    withUnsafeBytes(of: text) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
