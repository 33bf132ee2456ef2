import CajalImages
import Foundation
import Testing

/// Tables that are lossless for the values that occur.
@Suite struct NormalizationRangeTests {
  /// Every value of every range is restored, for any mean and standard deviation.
  @Test(arguments: [0, 1, 7.3, 20, 42.5, 90]) func allOfTheRangeComesBack(standardDeviation: Double)
  {
    for lowest in stride(from: 0, through: 255, by: 5) {
      for highest in stride(from: lowest, through: 255, by: 3) {
        let (low, high) = (UInt8(lowest), UInt8(highest))
        let values = Array(low...high)
        for mean in [Double(lowest), Double(lowest + highest) / 2 + 0.3, Double(highest)] {
          let normalization = PixelNormalization(
            mean: [mean], standardDeviation: [standardDeviation], range: [low...high])
          let normalized = normalization.normalized(values)
          #expect(
            normalization.restored(normalized) == values,
            "\(low) to \(high), mean \(mean), deviation \(standardDeviation)")
        }
      }
    }
  }

  /// Dark pictures with few bright cells: three standard deviations above the mean are 52, cells
  /// are of up to 255.
  @Test func brightCellsOnADarkGround() {
    let values: [UInt8] = [0, 8, 40, 60, 130, 200, 254, 255]
    let cut = PixelNormalization(mean: [8.1], standardDeviation: [14.5])
    #expect(cut.restored(cut.normalized(values)).max() ?? 0 < 60)
    let whole = PixelNormalization(mean: [8.1], standardDeviation: [14.5], range: [0...255])
    #expect(whole.restored(whole.normalized(values)) == values)
  }

  /// Where the range allows it, the mean goes to 128 and three standard deviations to the ends, as
  /// without a range.
  @Test func contrastIsStretchedAsFarAsItFits() {
    let normalization = PixelNormalization(
      mean: [200, 100, 50], standardDeviation: [10, 20, 30],
      range: [175...225, 45...155, 0...255])
    #expect(normalization.normalized([200, 100, 50]) == [128, 128, 50])
    #expect(normalization.normalized([210, 120, 80]) == [171, 170, 80])
    // Beyond the table is its end.
    #expect(normalization.normalized([0, 255, 255]) == [0, 255, 255])
    #expect(normalization.restored([0, 255, 255]) == [170, 160, 255])
  }

  @Test func whatIsCutOffIsCounted() {
    let normalization = PixelNormalization(
      mean: [100, 9, 100], standardDeviation: [10, 3, 50], range: [90...130, 0...85, 0...255])
    #expect(normalization.keptRange == [70...130, 0...85, 0...255])
    #expect(normalization.clippedShare(of: [70, 86, 0, 131, 85, 255]) == 2.0 / 6)
    #expect(normalization.clippedShare(of: []) == 0)
    let cut = PixelNormalization(mean: [100], standardDeviation: [10])
    #expect(cut.keptRange == [70...130])
  }

  /// What runs have recorded before there were ranges is what it was.
  @Test func recordsWithoutARangeStayAsTheyAre() throws {
    let json = #"{"mean": [200], "deviation": [10]}"#
    let read = try JSONDecoder().decode(PixelNormalization.self, from: Data(json.utf8))
    #expect(read == PixelNormalization(mean: [200], standardDeviation: [10]) && read.range == nil)
    #expect(read.normalized([160, 200, 240]) == [0, 128, 255])
    let ranged = PixelNormalization(mean: [200], standardDeviation: [10], range: [7...250])
    let again = try JSONDecoder().decode(
      PixelNormalization.self, from: JSONEncoder().encode(ranged))
    #expect(again == ranged)
  }

  @Test(arguments: [
    #"{"mean": [1], "deviation": [2], "range": [[9, 3]]}"#,
    #"{"mean": [1], "deviation": [2], "range": []}"#,
    #"{"mean": [1], "deviation": [2], "range": [[0, 3], [0, 3]]}"#,
    #"{"mean": [1], "deviation": [2], "range": [[0, 256]]}"#,
  ]) func rangesFromFilesAreChecked(json: String) {
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(PixelNormalization.self, from: Data(json.utf8))
    }
  }
}
