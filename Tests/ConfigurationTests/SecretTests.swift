import Configuration
import Testing

@Suite("Secrets")
struct SecretTests {
  static let login = "broker: mqtt://127.0.0.1\n  username: me\n  password_file: "

  func read(_ file: String, in directory: TemporaryDirectory, credentials: String? = nil) throws
    -> Result<Configuration, ConfigurationErrors>
  {
    let text = try Shop.text(changing: "broker: mqtt://127.0.0.1:1883", to: Self.login + file)
    return Configuration.read(
      Array(text.utf8), file: "shop.yaml",
      environment: ConfigurationEnvironment(
        credentialsDirectory: credentials, configurationDirectory: directory.path),
      digest: Shop.checksum)
  }

  @Test("a secret that every user may read is refused, also when it becomes so later")
  func worldReadable() throws {
    let directory = try TemporaryDirectory()
    let file = try directory.write("key", mode: 0o644)
    #expect(
      Shop.mistakes(try read("key", in: directory)) == [
        "10:18: mqtt.password_file: every user of this machine may read this secret; chmod 600 it "
          + "(found \"\(file)\")"
      ])
    try directory.write("key", mode: 0o600)
    let secret = try #require(try read("key", in: directory).get().broker.password)
    #expect(try secret.read() == Array("geheim".utf8))
    try directory.write("key", mode: 0o604)
    #expect(throws: SecretError.self) { try secret.read() }
  }

  @Test("an empty secret is an error, not an empty password")
  func empty() throws {
    let directory = try TemporaryDirectory()
    let file = try directory.write("key", "\n", mode: 0o600)
    let secret = try #require(try read("key", in: directory).get().broker.password)
    let error = #expect(throws: SecretError.self) { try secret.read() }
    #expect(error?.description.hasPrefix("secret \(file): it is empty; write the secret into it") == true)
  }

  @Test("the credentials directory wins over the configuration's, an absolute path over both")
  func places() throws {
    let beside = try TemporaryDirectory()
    let credentials = try TemporaryDirectory()
    let absolute = try credentials.write("absolute", mode: 0o600)
    func place(_ file: String, _ directory: String?) throws -> String? {
      try read(file, in: beside, credentials: directory).get().broker.password?.path
    }
    #expect(try place("key", nil) == beside.path + "/key")
    #expect(try place("key", "") == beside.path + "/key")
    #expect(try place("key", credentials.path) == credentials.path + "/key")
    #expect(try place(absolute, beside.path) == absolute)
  }

  @Test("a directory is no secret")
  func directory() throws {
    let directory = try TemporaryDirectory()
    #expect(
      Shop.mistakes(try read(directory.path, in: directory)) == [
        "10:18: mqtt.password_file: expected a file (found \"\(directory.path)\", which is none)"
      ])
  }

  @Test("a password in the broker's address is refused without being shown")
  func inAddress() throws {
    let text = try Shop.text(changing: "mqtt://127.0.0.1:1883", to: "mqtt://me:geheim@127.0.0.1")
    let lines = Shop.mistakes(Shop.read(text))
    #expect(lines.count == 1)
    #expect(!lines.joined().contains("geheim"))
  }
}
