import Foundation
import Measures

/// The moment up to which memory and disk agreed, which a restart's gap starts from: boot and BOOTTIME, every
/// second at most, unsynced, in a directory that is in memory and survives a restart of the service.
struct Heartbeat {
  static let interval = Span.seconds(1)

  private let path: String
  private var last: Span?
  /// What the previous daemon wrote last, be it in this boot or an earlier one.
  let lastAlive: Moment?

  /// - Parameter directory: `$RUNTIME_DIRECTORY`, or where there is none, something else in memory.
  init(directory: String) {
    path = directory + "/heartbeat"
    let text = try? String(contentsOfFile: path, encoding: .utf8)
    lastAlive = text.flatMap { Moment($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
  }

  mutating func beat(_ now: Moment) {
    if let last, now.uptime - last < Self.interval { return }
    last = now.uptime
    // Renamed into place: a reader, or the next daemon, never sees half a line. By hand, for Foundation syncs
    // every file that it writes.
    let draft = path + ".new"
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { return }
    let text = Array(now.description.utf8)
    let isWritten = write(descriptor, text, text.count) == text.count
    close(descriptor)
    if isWritten { rename(draft, path) }
  }

  /// `$RUNTIME_DIRECTORY` under systemd; else a directory of this state directory's own in shared memory.
  static func directory(stateDirectory: String) -> String {
    let environment = ProcessInfo.processInfo.environment
    if let given = environment["RUNTIME_DIRECTORY"]?.split(separator: ":").first { return String(given) }
    let name = stateDirectory.map { $0.isLetter || $0.isNumber ? $0 : "-" }
    let directory = "/dev/shm/chargehand\(String(name))"
    mkdir(directory, 0o750)
    return directory
  }
}
