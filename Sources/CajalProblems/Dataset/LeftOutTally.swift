/// Counts skipped files by kind.
struct LeftOutTally {
  private struct Key: Hashable {
    var kind: DataSummary.LeftOut.Kind
    var fileExtension: String?
    var format: String?
  }

  private var entries: [Key: DataSummary.LeftOut] = [:]

  /// Counts one; `format` has an article, such as "a TIFF image".
  mutating func add(_ kind: DataSummary.LeftOut.Kind, _ name: String, format: String? = nil) {
    let key = Key(
      kind: kind, fileExtension: kind == .otherFile ? Self.fileExtension(of: name) : nil,
      format: format.map { String($0.drop { $0 != " " }.dropFirst()) })
    var entry =
      entries[key]
      ?? DataSummary.LeftOut(
        kind: kind, fileExtension: key.fileExtension, format: key.format, count: 0, names: [])
    entry.count += 1
    if entry.names.count < DataSummary.LeftOut.nameLimit { entry.names.append(name) }
    entries[key] = entry
  }

  /// The counts, ordered by kind, extension and format.
  var all: [DataSummary.LeftOut] {
    let kinds = DataSummary.LeftOut.Kind.allCases
    return entries.values.sorted { left, right in
      let (a, b) = (kinds.firstIndex(of: left.kind) ?? 0, kinds.firstIndex(of: right.kind) ?? 0)
      return a != b
        ? a < b
        : (left.fileExtension ?? "", left.format ?? "")
          < (right.fileExtension ?? "", right.format ?? "")
    }
  }

  private static func fileExtension(of name: String) -> String? {
    let file = name.split(separator: "/").last ?? ""
    guard let dot = file.lastIndex(of: "."), dot > file.startIndex else { return nil }
    return file[dot...].lowercased()
  }
}
