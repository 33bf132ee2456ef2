import CajalImages
import Testing

@Suite struct ContactSheetTests {
  @Test func picturesHavePlaces() {
    let pictures = [
      Image(width: 3, height: 3, channels: 3, filledWith: 10),
      Image(width: 2, height: 3, channels: 1, filledWith: 20),
      Image(width: 1, height: 1, channels: 3, filledWith: 30),
    ]
    let sheet = Image.contactSheet(of: pictures, columns: 2)
    #expect(sheet.width == 12 && sheet.height == 12 && sheet.channels == 3)
    #expect(sheet.cropped(x: 2, y: 2, width: 3, height: 3) == pictures[0])
    #expect(
      sheet.cropped(x: 7, y: 2, width: 2, height: 3) == pictures[1].converted(toChannels: 3))
    #expect(sheet[2, 7] == 30 && sheet[3, 7] == 255 && sheet[9, 2] == 255)
    #expect(sheet.pixels.count { $0 != 255 } == 3 * (9 + 6 + 1))
    #expect(Image.contactSheet(of: [pictures[2]], columns: 9).width == 5)
  }
}
