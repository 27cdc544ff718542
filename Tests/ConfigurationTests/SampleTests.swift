import Configuration
import Devices
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
    #expect(errors.description == "/nonexistent/c.yaml: cannot be read: No such file or directory")
  }
}
