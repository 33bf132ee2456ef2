import CajalFiles
import Foundation

/// A regular file that is open for reading at any position, closed with its last owner.
final class ReadableFile: Sendable {
  let byteCount: Int
  let path: String
  private let descriptor: Int32

  init(_ path: String) throws {
    // Without blocking, lest a pipe without a writer be waited for.
    let descriptor = open(path.systemPath, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw SafetensorsError(path, String(cString: strerror(errno)))
    }
    var information = stat()
    guard fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw SafetensorsError(path, "it is not a file")
    }
    self.path = path
    self.descriptor = descriptor
    byteCount = Int(information.st_size)
  }

  deinit { close(descriptor) }

  /// Fills `buffer` with the bytes from `offset` on.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws {
    guard let base = buffer.baseAddress else { return }
    var done = 0
    while done < buffer.count {
      let count = pread(descriptor, base + done, buffer.count - done, off_t(offset + done))
      if count > 0 {
        done += count
      } else if count == 0 {
        throw SafetensorsError(path, "it has become shorter while it was read")
      } else if errno != EINTR {
        throw SafetensorsError(path, String(cString: strerror(errno)))
      }
    }
  }
}
