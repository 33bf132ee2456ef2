import Testing

@testable import CajalCommand

@Suite struct TextTests {
  @Test func columnsAreAligned() {
    var table = TextTable(["method", "PSNR"])
    table.add(["a", "31.25"])
    table.add(["lanczos3", "9.5"])
    #expect(table.text == "method     PSNR\na         31.25\nlanczos3    9.5")
  }
}
