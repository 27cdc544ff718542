import Foundation
import ShopSimulator
import TestGateway

/// strace on every thread of the daemon: sees, or spoils, what it asks of the kernel.
final class Tracer: Sendable {
  private let program: ChildProgram
  private let path: String

  /// Returns once every thread is traced.
  /// - Parameter options: what to look at; its words come out in ``lines``.
  init(_ played: PlayedShop, _ options: [String]) async throws {
    let process = played.daemon?.processID ?? 0
    path = played.shop.folder["strace.txt"]
    program = try ChildProgram(
      ["/usr/bin/strace", "-f", "-qq"] + options + ["-o", path, "-p", "\(process)"],
      log: played.shop.folder["strace.log"])
    let end = ContinuousClock.now + .seconds(20)
    while try !Self.isTraced(process) {
      guard ContinuousClock.now < end else {
        throw PlayedShopError("strace could not attach to the daemon: \(program.log)")
      }
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  /// What was seen so far.
  var lines: [Substring] {
    ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(separator: "\n")
  }

  /// What strace itself had to say.
  var log: String { program.log }

  /// Lets the daemon go; it runs as before.
  func stop() async throws {
    program.send(signal: SIGTERM)
    try await program.waitUntilEnded()
  }

  /// By the kernel's word.
  private static func isTraced(_ process: Int32) throws -> Bool {
    let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task")
    return threads.allSatisfy { thread in
      let status =
        (try? String(contentsOfFile: "/proc/\(process)/task/\(thread)/status", encoding: .utf8)) ?? ""
      return !status.contains("TracerPid:\t0\n")
    }
  }
}
