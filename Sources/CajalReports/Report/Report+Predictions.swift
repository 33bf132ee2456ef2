import Foundation

extension Report {
  /// Bytes of all pictures in a page, about.
  private static let pictureBudget = 3_000_000
  /// Pictures of one sequence.
  private static let mostPictures = 8

  /// Panels of predictions, and other pictures, over the steps of each run.
  var predictions: Markup? {
    let sequences = pictureChoice.sequences
    guard !sequences.isEmpty else { return nil }
    return Markup(sequences.map { figures(of: $0) })
  }

  /// The pictures of a run that show the same thing.
  struct ShownSequence {
    let run: String, subject: String
    /// How many the run has.
    let count: Int
    let pictures: [ShownPicture]
  }

  /// A picture in the page.
  struct ShownPicture {
    let step: Int
    let width: Int, height: Int
    let bytes: [UInt8]

    /// The picture within the page itself.
    var address: String {
      let type = bytes.starts(with: [0xFF, 0xD8]) ? "jpeg" : "png"
      return "data:image/\(type);base64," + Data(bytes).base64EncodedString()
    }
  }

  /// The pictures that fit into the page, and those that could not be read, as sentences.
  var pictureChoice: (sequences: [ShownSequence], notes: [String]) {
    let all = runs.flatMap { run in
      run.pictures.sorted { $0.key < $1.key }.map { (run: run.name, subject: $0.key, $0.value) }
    }
    var (sequences, notes): ([ShownSequence], [String]) = ([], [])
    let budget = Self.pictureBudget / max(1, all.count)
    for (run, subject, pictures) in all {
      var shown: [ShownPicture] = []
      for picture in pictures.pictures(Self.mostPictures) {
        do {
          let (bytes, width, height) = try picture.load()
          shown.append(
            ShownPicture(step: picture.step, width: width, height: height, bytes: bytes))
        } catch {
          notes.append("\(error)")
        }
      }
      let total = shown.reduce(0) { $0 + $1.bytes.count }
      if total > budget, shown.count > 1 {
        let fitting = max(1, shown.count * budget / total)
        shown =
          fitting == 1
          ? shown.suffix(1) : Thinning.evenly(fitting, of: shown.count).map { shown[$0] }
      }
      if !shown.isEmpty {
        sequences.append(
          ShownSequence(run: run, subject: subject, count: pictures.count, pictures: shown))
      }
    }
    return (sequences, notes)
  }

  private func figures(of sequence: ShownSequence) -> Markup {
    let title = "\(sequence.run): \(sequence.subject)"
    let figures = sequence.pictures.map { picture -> Markup in
      """
      <figure><img src="\(picture.address)" width="\(picture.width)" height="\(picture.height)" \
      alt="\(sequence.subject) of \(sequence.run) at step \(Numeral.whole(picture.step))"/>\
      <figcaption>step \(Numeral.whole(picture.step))</figcaption></figure>

      """
    }
    let some: Markup =
      sequence.count > sequence.pictures.count
      ? "<p>\(sequence.pictures.count) of \(sequence.count), from first to last.</p>" : ""
    return "<h3>\(title)</h3>\(some)\n<div class=\"panels\">\n\(figures)</div>\n"
  }
}
