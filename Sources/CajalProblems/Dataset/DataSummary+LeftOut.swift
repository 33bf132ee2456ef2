extension DataSummary {
  /// Files of one kind that were skipped in the search for pictures.
  public struct LeftOut: Sendable, Hashable, Codable {
    /// The reason for skipping.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
      /// A file that is neither PNG nor JPEG.
      case otherFile = "other_file"
      /// An item of a list that is there twice.
      case repeatedItem = "repeated_item"
      /// A link, or a second name, of a picture or folder that is there already.
      case link
      /// A link to nothing.
      case danglingLink = "dangling_link"
      /// A link to a folder that the folder of the pictures is in.
      case linkToFolderAbove = "link_to_folder_above"
      /// A folder that holds a data set.
      case dataset
      /// A folder that holds a training run.
      case run
      /// A folder of a file server or an operating system, such as thumbnails.
      case systemFolder = "system_folder"
      /// A name that begins with a dot.
      case hidden
      /// A FIFO, a socket or a device.
      case specialFile = "special_file"
      /// A folder that cannot be listed.
      case unreadableFolder = "unreadable_folder"
      /// A picture of an excluded section.
      case excludedSection = "excluded_section"
    }

    /// The maximum number of names kept of each kind.
    static let nameLimit = 20

    /// The reason for skipping.
    public internal(set) var kind: Kind
    /// For other files the extension that they have, in lowercase and with its dot.
    public internal(set) var fileExtension: String?
    /// For other files the format, such as `TIFF image`, where their first bytes show a known one.
    public internal(set) var format: String?
    /// The number of pictures.
    public internal(set) var count: Int
    /// The first of their names.
    public internal(set) var names: [String]
  }
}

extension DataSummary.LeftOut: CustomStringConvertible {
  /// The count and the kind, as in `3 .bmp (BMP image; convert to PNG, JPEG or TIFF)`.
  public var description: String {
    let what = "\(count) " + noun
    guard kind != .otherFile, kind != .hidden else { return what }
    let shown = names.prefix(5).joined(separator: ", ")
    return "\(what) (\(shown)\(count > 5 ? " and \(count - 5) more" : ""))"
  }

  private var noun: String {
    let isOne = count == 1
    return switch kind {
    case .otherFile:
      (fileExtension ?? (isOne ? "file" : "files") + " without an extension")
        + (format.map { " (\($0)\(Self.isImage($0) ? "; convert to PNG, JPEG or TIFF" : ""))" }
          ?? "")
    case .repeatedItem: isOne ? "repeated item" : "repeated items"
    case .link: (isOne ? "link" : "links") + " to what is there already"
    case .danglingLink: (isOne ? "link" : "links") + " to nothing"
    case .linkToFolderAbove: (isOne ? "link" : "links") + " to a folder above"
    case .dataset: isOne ? "folder with a data set" : "folders with data sets"
    case .run: isOne ? "folder with a training run" : "folders with training runs"
    case .systemFolder: isOne ? "system folder" : "system folders"
    case .hidden: isOne ? "hidden file or folder" : "hidden files and folders"
    case .specialFile: isOne ? "special file" : "special files"
    case .excludedSection: (isOne ? "picture" : "pictures") + " of excluded sections"
    case .unreadableFolder: isOne ? "unreadable folder" : "unreadable folders"
    }
  }

  private static func isImage(_ format: String) -> Bool {
    format.hasSuffix("image") || format == "DICOM file"
  }
}

extension KeyedDecodingContainer {
  /// Data sets that were made before this was recorded have left nothing out.
  func decode(
    _ type: [DataSummary.LeftOut].Type, forKey key: Key
  ) throws -> [DataSummary.LeftOut] {
    try decodeIfPresent(type, forKey: key) ?? []
  }

  /// Data sets that were made before this was recorded are split by section.
  func decode(_ type: [DataSummary.Area].Type, forKey key: Key) throws -> [DataSummary.Area] {
    try decodeIfPresent(type, forKey: key) ?? []
  }
}
