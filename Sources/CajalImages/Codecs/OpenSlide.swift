import CCajalImageCodecs
import CajalPlatform
import CajalSupport

/// OpenSlide, which reads the files of slide scanners, if it is installed.
struct OpenSlide: Sendable {
  /// The environment variable that names the library where the system does not find it.
  static let pathVariable = "CAJAL_OPENSLIDE_LIBRARY"

  /// Versions 4 and 3.
  private static let names = ["libopenslide.so.1", "libopenslide.so.0"]

  /// The library of this machine, which is loaded when it is first asked for.
  static let standard = OpenSlide()

  private enum Content: @unchecked Sendable {
    case loaded(cajal_openslide)
    /// None of the files could be loaded.
    case missing([String])
    case unsuitable(path: String, function: String)
  }

  private let content: Content

  private init() {
    let chosen = getenv(Self.pathVariable).map { [String(cString: $0)] }
    content = Self.load(chosen ?? Self.names)
  }

  private static func load(_ paths: [String]) -> Content {
    for path in paths {
      guard let library = dlopen(path, RTLD_NOW | RTLD_LOCAL) else { continue }
      var functions = cajal_openslide()
      if let missing = cajal_openslide_load(library, &functions) {
        return .unsuitable(path: path, function: String(cString: missing))
      }
      return .loaded(functions)
    }
    return .missing(paths)
  }

  /// The library's functions.
  ///
  /// - Throws: `ImageError` that says what to install.
  func functions(for name: String) throws(ImageError) -> cajal_openslide {
    switch content {
    case .loaded(let functions):
      return functions
    case .missing(let paths):
      throw ImageError(
        .unsupported, name: name,
        reason: "files of slide scanners are read by OpenSlide, and none of "
          + "\(paths.joined(separator: ", ")) could be loaded; install the package libopenslide0, "
          + "or libopenslide1, or name the library in \(Self.pathVariable)")
    case .unsuitable(let path, let function):
      throw ImageError(
        .unsupported, name: name,
        reason: "files of slide scanners are read by OpenSlide, and \(path) has no function "
          + "\(function); install OpenSlide 3.4 or later")
    }
  }

  /// Whether the library is there and knows the format of a file.
  func recognizes(_ path: String) -> Bool {
    guard case .loaded(let functions) = content else { return false }
    return functions.detect_vendor(path.systemPath) != nil
  }
}

extension ImageFormat {
  /// Whether a file's extension is that of a slide scanner's files, ignoring case.
  static func namesSlide(_ path: String) -> Bool {
    let known = ["svs", "ndpi", "mrxs", "scn", "vms", "vmu", "bif", "svslide"]
    guard let dot = path.lastIndex(of: ".") else { return false }
    return known.contains(path[path.index(after: dot)...].lowercased())
  }

  /// The format of a file: of a slide where OpenSlide knows it, which is asked for files of scanners
  /// only.
  init(
    of source: borrowing ByteSource, path: String?, name: String
  ) throws(ImageError) {
    if let path, Self.namesSlide(path) {
      _ = try OpenSlide.standard.functions(for: name)
      if OpenSlide.standard.recognizes(path) {
        self = .slide
        return
      }
    }
    self = try source.format(name: name)
  }
}
