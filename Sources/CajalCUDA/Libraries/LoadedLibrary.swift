import CajalPlatform

/// A shared library that stays loaded.
@safe struct LoadedLibrary {
  /// What `dlopen` returned.
  let handle: UnsafeMutableRawPointer
  /// The file as it was asked for.
  let path: String

  /// Opens the first of several names that is there: each in the folders, then as the system finds
  /// it.
  init(_ names: [String], folders: [String], remedy: String) throws(CUDAError) {
    let paths = names.flatMap { name in folders.map { "\($0)/\(name)" } + [name] }
    for path in paths {
      if let handle = unsafe dlopen(path, RTLD_NOW | RTLD_LOCAL) {
        unsafe self.handle = handle
        self.path = path
        return
      }
    }
    throw .missingLibrary(tried: paths, remedy: remedy)
  }

  /// Opens the library that NVRTC opens by its bare name in every compilation, from the folder of
  /// NVRTC: there the system does not look.
  func loadBuiltins(version: (major: Int, minor: Int), remedy: String) throws(CUDAError) {
    guard let slash = path.lastIndex(of: "/") else { return }
    let name = "libnvrtc-builtins.so.\(version.major).\(version.minor)"
    let file = path[...slash] + name
    guard unsafe dlopen(String(file), RTLD_NOW | RTLD_GLOBAL) == nil else { return }
    throw .missingLibrary(tried: [String(file)], remedy: remedy)
  }
}
