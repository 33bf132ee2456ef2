import Cajal
import Foundation
import Testing

/// Values that a normalization cuts off are not lost in silence.
@Suite struct ClippedValueTests {
  @Test func ofDataAndOfPictures() throws {
    let work = try Workspace()
    let narrow = "normalization=100,100,100/5,5,5"
    let trained = try CajalProcess.run(work.training(steps: 1, "--option", narrow))
    #expect(trained.status == 0, "\(trained.errors)")
    #expect(
      trained.errors.contains("the normalization cuts off what is outside of 85 to 115, 85 to "))
    let tile = try Image(width: 8, height: 8, channels: 3, filledWith: 150).pngData()
    let input = try work.folder.write(tile, to: "tile.png")
    let upsample = ["upsample", "--run", work.run, input, "-o", work.path + "/large.png"]
    let enlarged = try CajalProcess.run(upsample + ["--decoding", "zero-target"])
    #expect(enlarged.status == 0, "\(enlarged.errors)")
    #expect(enlarged.errors.contains("100.0 % of the values of \(input) are outside of the range"))

    let whole = try CajalProcess.run(
      work.training(work.path + "/whole", steps: 1, "--option", "normalization=training_set"))
    #expect(whole.status == 0 && !whole.errors.contains("cuts off"), "\(whole.errors)")
  }
}
