import CajalSupport
import Foundation
import Testing

@Suite struct FileIdentityTests {
  @Test func onePieceOfDataHasManyNames() throws {
    try withTemporaryDirectory { directory in
      let file = directory + "/a"
      try Files.writeAtomically(to: file, [1])
      try Files.writeAtomically(to: directory + "/equal", [1])
      let manager = FileManager.default
      try manager.createSymbolicLink(atPath: directory + "/soft", withDestinationPath: file)
      try manager.linkItem(atPath: file, toPath: directory + "/hard")
      try manager.createDirectory(atPath: directory + "/b", withIntermediateDirectories: false)
      for name in ["a", "./a", "b/../a", "soft", "hard"] {
        #expect(Files.isSameFile(file, directory + "/" + name))
        #expect(Files.isSameFile(directory + "/" + name, file))
      }
      for name in ["equal", "b", "none", "a/none"] {
        #expect(!Files.isSameFile(file, directory + "/" + name))
      }
      #expect(!Files.isSameFile(directory + "/none", directory + "/none"))
    }
  }
}
