import Glibc

/// A directory that goes with its owner.
final class TemporaryDirectory {
  let path: String
  private var files: [String] = []
  private var directories: [String] = []

  struct Failure: Error { let code: Int32 }

  init() throws {
    var template = Array("/tmp/chargehand-configuration-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Failure(code: errno) }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Writes a file; returns its path.
  @discardableResult
  func write(_ name: String, _ text: String = "geheim\n", mode: mode_t = 0o644) throws -> String {
    let file = "\(path)/\(name)"
    let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw Failure(code: errno) }
    defer { close(descriptor) }
    files.append(file)
    let bytes = Array(text.utf8)
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fchmod(descriptor, mode) == 0 else {
      throw Failure(code: errno)
    }
    return file
  }

  /// Makes a directory within; write to `NAME/FILE`.
  func makeDirectory(_ name: String) throws {
    guard mkdir("\(path)/\(name)", 0o755) == 0 else { throw Failure(code: errno) }
    directories.append("\(path)/\(name)")
  }

  /// A file that somebody else will write; it goes with the directory too.
  func willAppear(_ name: String) { files.append("\(path)/\(name)") }

  deinit {
    for file in files { unlink(file) }
    for directory in directories { rmdir(directory) }
    rmdir(path)
  }
}
