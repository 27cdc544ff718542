internal import Foundation
internal import Synchronization

/// A real mosquitto of one's own on a free port of the loopback; it cannot outlive this process.
public final class PrivateBroker: Sendable {
  public struct Options: Sendable {
    /// Whether sessions and what waits in them survive a `kill`: written after every change.
    public var isPersistent = true
    /// Logins with their passwords; without any, everybody is let in.
    public var users: [String: String] = [:]
    /// The text of an access control list; the gateway's sample is one.
    public var accessList: String?
    /// Further lines of mosquitto.conf(5).
    public var lines: [String] = []

    public init() {}
  }

  public let port: UInt16
  public let folder: ScratchFolder
  private let program: Mutex<ChildProgram?>
  private let executable: String

  /// - Throws: ``BrokerError`` when mosquitto is not installed or does not start; it carries the log's end.
  public static func start(_ options: Options = Options()) async throws -> PrivateBroker {
    guard let executable = Programs.find("mosquitto") else {
      throw BrokerError("mosquitto is not installed: install the package mosquitto")
    }
    var problem: (any Error)?
    // Between finding a free port and mosquitto's taking it, somebody else may.
    for _ in 0..<5 {
      let broker = try PrivateBroker(options, executable: executable)
      do {
        try await broker.launch()
        return broker
      } catch {
        problem = error
        broker.remove()
      }
    }
    throw problem ?? BrokerError("mosquitto did not start")
  }

  private init(_ options: Options, executable: String) throws {
    self.executable = executable
    port = try FreePort.find()
    folder = try ScratchFolder("chargehand-broker")
    program = Mutex(nil)
    try folder.write(try configuration(options).joined(separator: "\n") + "\n", to: "mosquitto.conf")
  }

  private func configuration(_ options: Options) throws -> [String] {
    var lines = [
      "listener \(port) 127.0.0.1", "set_tcp_nodelay true", "max_queued_messages 10000", "log_dest stderr",
      "connection_messages true", "allow_anonymous \(options.users.isEmpty)",
    ]
    // Started by root it would change to a user who may not enter the folder.
    if getuid() == 0 { lines.append("user root") }
    if options.isPersistent {
      lines += [
        "persistence true", "persistence_location \(folder.path)/", "autosave_interval 1",
        "autosave_on_changes true",
      ]
    }
    if !options.users.isEmpty {
      // mosquitto_passwd(1) turns the plain file into a hashed one.
      let plain = options.users.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)\n" }
      try folder.write(plain.joined(), to: "passwords")
      try Programs.run("mosquitto_passwd", ["-U", folder["passwords"]])
      lines.append("password_file \(folder["passwords"])")
    }
    if let list = options.accessList {
      try folder.write(list, to: "access.acl")
      lines.append("acl_file \(folder["access.acl"])")
    }
    return lines + options.lines
  }

  private func launch() async throws {
    let program = try ChildProgram(
      [executable, "-c", folder["mosquitto.conf"]], log: folder["mosquitto.log"])
    self.program.withLock { $0 = program }
    // mosquitto tells nobody when it is ready, so it is asked until it answers.
    for _ in 0..<2000 {
      if FreePort.accepts(port) { return }
      guard program.isRunning else { break }
      try await Task.sleep(for: .milliseconds(5))
    }
    throw BrokerError("mosquitto does not accept connections on port \(port): \(logTail())")
  }

  deinit { remove() }

  /// SIGTERM: it says goodbye to its clients and writes down their sessions.
  public func stop() async throws { try await end(SIGTERM) }

  /// SIGKILL: what it has not written down is lost.
  public func kill() async throws { try await end(SIGKILL) }

  private func end(_ signal: Int32) async throws {
    guard let program = program.withLock({ $0 }) else { return }
    program.send(signal: signal)
    try await program.waitUntilEnded()
  }

  /// Starts again on the same port, in the same folder, after `stop` or `kill`.
  public func restart() async throws { try await launch() }

  public var isRunning: Bool { program.withLock { $0?.isRunning ?? false } }
  public var processID: Int32? { program.withLock { $0?.processID } }
  /// For a configuration: `mqtt://127.0.0.1:PORT`.
  public var address: String { "mqtt://127.0.0.1:\(port)" }

  /// Ends it at once and removes its folder.
  public func remove() {
    program.withLock { $0?.killNow() }
    folder.remove()
  }

  /// The log's last lines, for messages about failures.
  public func logTail(lines: Int = 10) -> String {
    let log = (try? String(contentsOfFile: folder["mosquitto.log"], encoding: .utf8)) ?? ""
    return log.split(separator: "\n").suffix(lines).joined(separator: "\n")
  }
}

public struct BrokerError: Error, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}
