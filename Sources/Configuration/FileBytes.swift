import Glibc

/// Reads a small file whole.
enum FileBytes {
  struct Failure: Error, Hashable, CustomStringConvertible {
    let description: String
  }

  /// - Throws: what the system said, or that the file is larger than `maximum`.
  static func read(_ path: String, maximum: Int) throws(Failure) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure(errno) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Failure(errno) }
      if count == 0 { return bytes }
      bytes += chunk[..<count]
      guard bytes.count <= maximum else {
        throw Failure(description: "it has more than the \(maximum) bytes allowed")
      }
    }
  }
}

extension FileBytes.Failure {
  init(_ code: Int32) { description = String(cString: strerror(code)) }
}
