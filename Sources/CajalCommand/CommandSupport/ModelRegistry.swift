import ArgumentParser
import Cajal
import CajalSupport

/// The kinds of models that the commands train and open.
struct ModelRegistry {
  /// The first set of the first kind is what `cajal train` trains by default.
  let kinds: [any ProblemModel.Type]

  /// All kinds of this library.
  static let standard = ModelRegistry(kinds: [RestorationModel.self, Img2ImgTransformer.self])

  /// The set of hyperparameters that is trained by default.
  var defaultSet: String { kinds[0].setNames[0] }

  /// The names of all sets of all kinds.
  var setNames: [String] { kinds.flatMap { $0.setNames } }

  /// The kind of a name.
  ///
  /// - Throws: an error that names the option `--model` and what there is.
  func kind(named name: String) throws -> any ProblemModel.Type {
    if let kind = kinds.first(where: { $0.kind == name }) { return kind }
    throw ValidationError("--model \(name): there is no such model; there is \(kindNames)")
  }

  /// The kind that a set of hyperparameters belongs to.
  ///
  /// - Throws: `HyperparameterError` with the nearest known name.
  func kind(ofSet name: String) throws -> any ProblemModel.Type {
    if let kind = kinds.first(where: { $0.setNames.contains(name) }) { return kind }
    throw HyperparameterError.unknownSet(name, among: setNames)
  }

  /// The kind of a run's model.
  ///
  /// - Throws: an error that names the configuration of the run.
  func kind(ofRun folder: RunFolder) throws -> any ProblemModel.Type {
    let name = try folder.modelKind()
    if let kind = kinds.first(where: { $0.kind == name }) { return kind }
    throw FileError(
      path: folder.configurationPath, attempt: "read",
      reason: "its model is \(name), and this program has \(kindNames)")
  }

  private var kindNames: String { kinds.map { $0.kind }.joined(separator: ", ") }
}

extension ProblemModel {
  /// The names of this kind's sets of hyperparameters.
  static var setNames: [String] { Hyperparameters.setNames }
}
