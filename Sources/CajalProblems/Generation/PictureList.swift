import CajalSupport
import CajalTensor

/// The pictures to cut, of which no two sections share pixels, and what was left out.
struct PictureList {
  let pictures: [Picture]
  let leftOut: [DataSummary.LeftOut]

  init(pictures: [Picture], leftOut: [DataSummary.LeftOut]) {
    self.pictures = pictures
    self.leftOut = leftOut
  }

  /// Pictures that were found in a folder: those with equal bytes are put into one section, that of
  /// the shortest name, so that none is held out while its copy trains.
  init(found pictures: [Picture], leftOut: LeftOutTally) {
    var pictures = pictures
    for group in Self.groups(of: pictures) {
      let shortest = group.map { pictures[$0].name.utf8.count }.min()
      guard let original = group.first(where: { pictures[$0].name.utf8.count == shortest }) else {
        continue
      }
      for index in group { pictures[index].section = pictures[original].section }
    }
    self.pictures = pictures
    self.leftOut = leftOut.all
  }

  /// Listed pictures.
  ///
  /// - Throws: ``ProblemError/unusablePicture(file:reason:)`` when pixels are listed for two
  ///   sections: some of them might be held out while the same pixels train.
  init(listed pictures: [Picture]) throws {
    var leftOut = LeftOutTally()
    var dropped: Set<Int> = []
    for group in Self.groups(of: pictures) {
      try Self.forEachOverlap(in: group, of: pictures) { first, second in
        let (left, right) = (pictures[first], pictures[second])
        guard left.section == right.section else { throw Self.sharedPixels(left, right) }
        if left.crop == right.crop && left.name == right.name, dropped.insert(second).inserted {
          leftOut.add(.repeatedItem, right.name)
        }
      }
    }
    self.pictures = pictures.indices.filter { !dropped.contains($0) }.map { pictures[$0] }
    self.leftOut = leftOut.all
  }

  private static func sharedPixels(_ left: Picture, _ right: Picture) -> ProblemError {
    let what =
      left.name == right.name
      ? "it is listed for the sections \(left.section) and \(right.section)"
      : "it is a copy of \(left.name), and they are listed for the sections \(right.section) and "
        + left.section
    return .unusablePicture(
      file: right.name,
      reason: what + "; list it once, or give it crops that do not overlap")
  }

  /// The names of the first two parts of one file that have less than a number of pixels between
  /// them, or nil. Equal parts are none: they are split in the same place.
  func firstNeighbors(within distance: Int) -> (String, String)? {
    var found: (String, String)?
    for group in Self.groups(of: pictures) where found == nil {
      Self.forEachOverlap(in: group, of: pictures, margin: distance) { first, second in
        guard pictures[first].crop != pictures[second].crop else { return }
        found = found ?? (pictures[first].name, pictures[second].name)
      }
    }
    return found
  }

  /// Calls `body` with each two of the pictures of a file whose crops overlap, or come nearer than
  /// a margin, in their order.
  private static func forEachOverlap(
    in group: [Int], of pictures: [Picture], margin: Int = 0, _ body: (Int, Int) throws -> Void
  ) rethrows {
    let whole = Picture.Crop(left: 0, top: 0, right: .max, bottom: .max)
    let crops = group.map { (index: $0, crop: pictures[$0].crop ?? whole) }
      .sorted { ($0.crop.top, $0.index) < ($1.crop.top, $1.index) }
    for (place, one) in crops.enumerated() {
      for other in crops[(place + 1)...] {
        if other.crop.top >= one.crop.bottom.addingClamped(margin) { break }
        if one.crop.left < other.crop.right.addingClamped(margin)
          && other.crop.left < one.crop.right.addingClamped(margin)
        {
          try body(min(one.index, other.index), max(one.index, other.index))
        }
      }
    }
  }
}

extension PictureList {
  /// The indices of pictures whose files are the same file or hold the same bytes, in groups of two
  /// or more. Unreadable files are not compared; reading them later reports the error.
  private static func groups(of pictures: [Picture]) -> [[Int]] {
    var byFile: [FileStatus.Identity: [Int]] = [:]
    var bySize: [Int: [FileStatus.Identity]] = [:]
    for (index, picture) in pictures.enumerated() {
      guard let path = picture.path, let status = Files.status(of: path),
        status.kind == .regular, status.byteCount > 0
      else { continue }
      if byFile[status.identity] == nil {
        bySize[status.byteCount, default: []].append(status.identity)
      }
      byFile[status.identity, default: []].append(index)
    }
    let sameSize = bySize.values.filter { $0.count > 1 }
    let path = { (file: FileStatus.Identity) in
      byFile[file]?.first.flatMap { pictures[$0].path } ?? ""
    }
    let paths = sameSize.map { $0.map(path) }
    let equal = Threads.concurrentMap(paths) { Self.groupsOfEqualContent($0) }
    var groups = byFile
    for (files, places) in zip(sameSize, equal) {
      for place in places {
        let first = files[place[0]]
        for other in place.dropFirst() {
          groups[first, default: []] += groups.removeValue(forKey: files[other]) ?? []
        }
      }
    }
    return groups.values.filter { $0.count > 1 }.map { $0.sorted() }.sorted { $0[0] < $1[0] }
  }

  /// The places of files of one size that hold the same bytes, in groups of two or more.
  private static func groupsOfEqualContent(_ paths: [String]) -> [[Int]] {
    var byChecksum: [UInt32: [[Int]]] = [:]
    for (place, path) in paths.enumerated() {
      guard let checksum = try? RandomAccessFile(path).checksum() else { continue }
      var groups = byChecksum[checksum] ?? []
      let match = groups.firstIndex {
        (try? Files.haveEqualContent(paths[$0[0]], path)) == true
      }
      if let match { groups[match].append(place) } else { groups.append([place]) }
      byChecksum[checksum] = groups
    }
    return byChecksum.values.flatMap { $0 }.filter { $0.count > 1 }
  }
}

extension Int {
  /// The sum, or the largest number where it is larger: crops come from files.
  fileprivate func addingClamped(_ other: Int) -> Int {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? .max : sum
  }
}

extension Picture {
  /// Pictures of which those with equal bytes are in one section, as of a folder.
  package static func mergingCopies(_ pictures: [Picture]) -> [Picture] {
    PictureList(found: pictures, leftOut: LeftOutTally()).pictures
  }
}
