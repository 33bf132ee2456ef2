import Testing

@testable import CajalImages

@Suite struct HeatMapTests {
  @Test func colors() {
    let map = HeatMap(maximum: 5, label: "bits")
    #expect(map.color(of: 0) == Color(red: 68, green: 1, blue: 84))
    #expect(map.color(of: -1) == map.color(of: 0) && map.color(of: .nan) == map.color(of: 0))
    #expect(map.color(of: 5) == Color(red: 253, green: 231, blue: 37))
    #expect(map.color(of: 50) == map.color(of: 5))
    // Lighter from number to number.
    let luma = (0...20).map { step -> Int in
      let color = map.color(of: Double(step) / 4)
      return 299 * Int(color.red) + 587 * Int(color.green) + 114 * Int(color.blue)
    }
    #expect(zip(luma, luma.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test func picturesHaveTheirScale() {
    let map = HeatMap(maximum: 2, label: "bits")
    let narrow = map.picture(of: [0, 2, 1, 0.5], width: 2)
    #expect(narrow.width == map.width(of: 2) && narrow.height == 2)
    #expect(narrow[1, 0, 0] == map.color(of: 2).red && narrow[2, 0, 0] == 255)
    let scale = map.scale(columns: 2)
    #expect(scale.width == narrow.width && scale.height == HeatMap.scaleHeight)
    #expect(map.width(of: 4000) == 4000)
  }

  @Test func enlargedRowsAreThoseOfTheWhole() {
    let image = Image(
      width: 5, height: 23, channels: 1, pixels: (0..<115).map { UInt8($0 * 73 % 256) })
    let whole = image.resized(width: 15, height: 69, filter: .bicubicRepeatingEdges).pixels
    for (skipped, steps) in [(0, [3, 30, 36]), (0, [69]), (4, [9, 42])] {
      var rows = EnlargedRows(width: 5, height: 23, enlarged: (15, 69))
      rows.skipRows(before: skipped)
      rows.skipEnlargedRows(before: skipped > 0 ? 18 : 0)
      var appended = skipped, taken = skipped > 0 ? 18 : 0
      var result: [UInt8] = []
      for step in steps {
        taken += step
        let needed = min(23, (taken + 2) / 3 + 2)
        rows.append(Array(image.pixels[(appended * 5)..<(needed * 5)]))
        appended = needed
        result += rows.take(step)
      }
      #expect(result == Array(whole[(skipped > 0 ? 18 * 15 : 0)...]))
    }
  }
}
