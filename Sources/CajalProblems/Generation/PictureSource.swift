import CajalSupport

/// A source of pictures.
public enum PictureSource: Sendable {
  /// The PNG, JPEG and TIFF files in a folder and the folders in it, detected by their first bytes,
  /// whatever their names, and those with the names of slide scanners' files.
  ///
  /// Each file counts once, whatever links lead to it or to its folder. Hidden files, data sets and
  /// training runs are left out; ``DataSummary/leftOut`` lists them. Files with equal bytes are of
  /// one section, that of the shortest name; ``DataSummary/copies`` lists them.
  ///
  /// A manifest is a JSON file with a list `items`, whose entries have a `file` (a path inside the
  /// folder) and may have a `section`, a `crop` (left, top, right, bottom; right and bottom are
  /// outside) and a `set`; then only the listed files are used, and only those of the named `sets`
  /// if there are any. The manifest is looked for as it is given, then inside the folder. The same
  /// pixels may not be listed for two sections; parts of a file that do not overlap may.
  ///
  /// `sectionsBy` has the sections of files without a manifest, and of those that it lists without
  /// one. By default every file is its own section; ``DataSummary/suspectedLeaks`` names files
  /// that look as if they were not.
  case images(
    in: String, manifest: String? = nil, sets: [String]? = nil, sectionsBy: SectionRule = .file)

  /// Pictures from memory, or made by code. Files among them are treated as those of a manifest.
  case pictures([Picture])

  /// The name of the source in errors.
  var name: String {
    switch self {
    case .images(let folder, _, _, _): folder
    case .pictures(let pictures): pictures.count == 1 ? "1 picture" : "\(pictures.count) pictures"
    }
  }

  /// The pictures, in an order that depends on names alone, and what was left out.
  ///
  /// - Parameter skippingUnreadable: whether unlistable folders are skipped instead of throwing an
  ///   error.
  /// - Throws: an error that names folder or manifest when there are none or they cannot be listed.
  func pictures(skippingUnreadable: Bool) throws -> PictureList {
    switch self {
    case .pictures(let pictures):
      return try PictureList(listed: pictures)
    case .images(let folder, nil, _, let rule):
      let walk = try FolderWalk(folder, skipsUnreadable: skippingUnreadable)
      guard !walk.files.isEmpty else {
        throw ProblemError.noPictures(folder: folder, leftOut: walk.leftOut.all)
      }
      let names = walk.files.map(RawName.shown)
      let pictures = zip(walk.files, zip(names, try rule.sections(of: names))).map {
        Picture(file: folder + "/" + $0, name: $1.0, section: $1.1)
      }
      return PictureList(found: pictures, leftOut: walk.leftOut)
    case .images(let folder, let manifest?, let sets, let rule):
      let inFolder = folder + "/" + manifest
      let path = !Files.exists(manifest) && Files.exists(inFolder) ? inFolder : manifest
      return try PictureList(
        listed: Manifest(contentsOf: path).pictures(in: folder, sets: sets, rule: rule))
    }
  }
}
