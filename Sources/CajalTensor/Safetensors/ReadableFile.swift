import CajalSupport
import Foundation

/// A regular file that is open for reading at any position, closed with its last owner.
final class ReadableFile: Sendable {
  let byteCount: Int
  let path: String
  private let file: OpenFile

  init(_ path: String) throws {
    do throws(FileError) {
      let file = try Files.openForReading(path)
      let information = try file.status(path: path, attempt: "read")
      guard information.st_mode & S_IFMT == S_IFREG else {
        throw FileError(path: path, attempt: "read", reason: "it is not a file")
      }
      byteCount = Int(information.st_size)
      self.path = path
      self.file = file
    } catch {
      throw SafetensorsError(path, error.reason)
    }
  }

  /// Fills `buffer` with the bytes from `offset` on.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws {
    guard let base = buffer.baseAddress else { return }
    var done = 0
    while done < buffer.count {
      let got = transferred {
        unsafe pread(file.descriptor, base + done, buffer.count - done, off_t(offset + done))
      }
      guard got.value != 0 else {
        throw SafetensorsError(path, "it has become shorter while it was read")
      }
      do throws(FileError) {
        done += try got.value(path: path, attempt: "read")
      } catch {
        throw SafetensorsError(path, error.reason)
      }
    }
  }
}
