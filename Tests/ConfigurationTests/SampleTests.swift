import Configuration
import Devices
import Glibc
import Jobs
import Testing

@Suite("The sample configuration")
struct SampleTests {
  /// The sample beside the sources, as it will be installed.
  static let path =
    #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/config/chargehand.yaml"

  @Test("the shipped sample is accepted, once its password is there without a warning")
  func accepted() throws {
    let directory = try TemporaryDirectory()
    try directory.write("mqtt-password", mode: 0o600)
    let result = Configuration.load(
      path: Self.path, credentialsDirectory: directory.path, digest: Shop.checksum)
    let configuration = try result.get()
    #expect(configuration.warnings.map(\.description) == [])
    #expect(configuration.devices.count == 7)
    #expect(configuration.rules.workCenters.count == 4)
    #expect(configuration.broker.password?.path == directory.path + "/mqtt-password")
  }

  @Test("without the password the sample is accepted with a warning, so that the daemon starts")
  func withoutPassword() throws {
    let configuration = try Configuration.load(
      path: Self.path, credentialsDirectory: "/nonexistent", digest: Shop.checksum
    ).get()
    #expect(
      configuration.warnings.map(\.message) == [
        "there is no such file yet (looked for \"/nonexistent/mqtt-password\")"
      ])
  }

  @Test("a file that is not there is a mistake with the file's name")
  func noFile() {
    let result = Configuration.load(
      path: "/nonexistent/c.yaml", credentialsDirectory: nil, digest: Shop.checksum)
    #expect(throws: ConfigurationErrors.self) { try result.get() }
    guard case .failure(let errors) = result else { return }
    #expect(errors.description == "/nonexistent/c.yaml:1:1: cannot be read: No such file or directory")
  }
}

/// A directory that goes with its owner.
final class TemporaryDirectory {
  let path: String
  private var files: [String] = []

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

  deinit {
    for file in files { unlink(file) }
    rmdir(path)
  }
}
