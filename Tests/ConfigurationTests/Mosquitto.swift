import Foundation
import Glibc

/// A real broker under the sample's rules, on a free port of the loopback; it ends with its owner or, through
/// the pipe it watches, with the test process.
final class Mosquitto {
  static let logins = ["chargehand", "billing", "devices", "anna"]
  private static let password = "p"

  let directory: TemporaryDirectory
  let port: UInt16
  private let dropIns: TemporaryDirectory
  private let process = Process()
  private let lifeline = Pipe()

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// What stands in Debian 12's `mosquitto.conf` and concerns the sample, a drop-in of it: said twice, the place
  /// of the persistence keeps the broker from starting.
  private static let debian = """
    persistence true
    persistence_location /var/lib/mosquitto/
    include_dir /etc/mosquitto/conf.d

    """

  /// Starts with the sample's files, moved from `/etc` and `/var/lib` to a directory of our own.
  init(samples: String) throws {
    directory = try TemporaryDirectory()
    dropIns = try TemporaryDirectory()
    port = try Self.freePort()
    let (here, dropIns) = (directory.path + "/", dropIns.path)
    let moved = { (text: String) in
      text.replacing("/etc/mosquitto/conf.d", with: dropIns)
        .replacing("/etc/mosquitto/", with: here).replacing("/var/lib/mosquitto/", with: here)
    }
    let sample = try moved(String(contentsOfFile: samples + "/chargehand.conf", encoding: .utf8))
      .replacing("listener 1883 ", with: "listener \(port) ")
    try self.dropIns.write("chargehand.conf", sample)
    // Started by root it would give up its rights, and then not reach our directory.
    let file = try directory.write("mosquitto.conf", moved(Self.debian) + "user root\n")
    try directory.write(
      "chargehand.acl", String(contentsOfFile: samples + "/chargehand.acl", encoding: .utf8))
    let passwords = try directory.write("chargehand.passwd", "", mode: 0o600)
    for login in Self.logins {
      let made = try Self.run("mosquitto_passwd", "-b", passwords, login, Self.password)
      guard made.status == 0 else { throw Failure(description: made.output) }
    }
    directory.willAppear("mosquitto.db")

    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    // Killed outright: spawned from a thread of the pool it inherits a mask that blocks SIGTERM and SIGCHLD.
    process.arguments = [
      "-c",
      "exec 3<&0; PATH=$PATH:/usr/sbin mosquitto -c \"$0\" 2>&1 </dev/null & exec >&- 2>&-; "
        + "read end <&3; kill -9 $!",
      file,
    ]
    let output = Pipe()
    process.standardInput = lifeline
    process.standardOutput = output
    try process.run()
    var log = ""
    while !log.contains(" running\n") {
      let data = output.fileHandleForReading.availableData
      guard !data.isEmpty else { throw Failure(description: "mosquitto ended: \(log)") }
      log += String(decoding: data, as: UTF8.self)
    }
  }

  deinit {
    try? lifeline.fileHandleForWriting.close()
    if process.isRunning { process.waitUntilExit() }
  }

  /// Publishes one message and waits for the broker's answer: whether the access list allowed it.
  func publish(_ topic: String, as login: String?) throws -> Bool {
    let account = login.map { ["-u", $0, "-P", Self.password] } ?? []
    let result = try Self.run(
      "mosquitto_pub", ["-p", "\(port)", "-V", "5", "-q", "1", "-t", topic, "-m", topic] + account)
    return result.status == 0 && !result.output.contains("Not authorized")
  }

  /// The first message that a login receives of a filter, after `publish` was done.
  func firstMessage(_ filter: String, as login: String, after publish: () throws -> Void) throws -> String {
    let client = [
      "-p", "\(port)", "-V", "5", "-q", "1", "-c", "-x", "60", "-i", "\(login)-test", "-u", login, "-P",
      Self.password,
      "-t", filter,
    ]
    // Subscribes and leaves; what comes now waits in the session, in order.
    let left = try Self.run("mosquitto_sub", client + ["-E"])
    guard left.status == 0 else { throw Failure(description: left.output) }
    try publish()
    let result = try Self.run("mosquitto_sub", client + ["-C", "1", "-W", "20"])
    return result.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private static func run(_ program: String, _ arguments: String...) throws -> (status: Int32, output: String)
  {
    try run(program, arguments)
  }

  private static func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String)
  {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }

  private static func freePort() throws -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw Failure(description: "no socket") }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard isBound else { throw Failure(description: "no free port") }
    return UInt16(bigEndian: address.sin_port)
  }
}
