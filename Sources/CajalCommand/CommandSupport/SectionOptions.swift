public import ArgumentParser
public import Cajal

/// The options for sections and the split.
struct SectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Which section a file shows: file (each its own), folder (those of a folder), or a regular \
      expression whose first group is the section, such as '(sect\\d+)_'. (default: file)
      """, valueName: "file|folder|pattern"))
  var sectionsBy: SectionRule?

  @Option(
    help: ArgumentHelp(
      """
      What is held out: section, whole sections; or area, the lowest rows of each picture, a tile \
      apart from the rest, for data of a single section. (default: section)
      """, valueName: "section|area"))
  var splitBy: SplitChoice?

  /// The kind of split.
  enum SplitChoice: String, ExpressibleByArgument, CaseIterable {
    case section, area
  }

  /// Whether each picture is split.
  var splitsByArea: Bool { splitBy == .area }
}

extension SectionRule: ExpressibleByArgument {
  /// The rule that an option's value spells.
  public init(argument: String) { self.init(argument) }
}
