/// Sections in a cache folder.
struct DownloadedSections {
  /// The folder that the downloads are kept in.
  var folder: String
  /// The files, their names and the ids of their section images.
  var files: [(path: String, name: String, section: Int)]
  /// The failures, one per line.
  var skipped: [String]
}
