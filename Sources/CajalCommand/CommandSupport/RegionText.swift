public import ArgumentParser
public import Cajal

extension PixelRegion: ExpressibleByArgument {
  /// The region that an option's value spells: first column, first row, columns, rows.
  public init?(argument: String) {
    let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).map {
      Int($0).flatMap { (0...Int(UInt32.max)).contains($0) ? $0 : nil }
    }
    guard numbers.count == 4, let left = numbers[0], let top = numbers[1],
      let width = numbers[2], let height = numbers[3], width > 0, height > 0
    else { return nil }
    self.init(left: left, top: top, width: width, height: height)
  }
}
