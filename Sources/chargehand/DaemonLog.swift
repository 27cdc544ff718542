import Foundation
import Logging

/// Log lines as the journal of systemd wants them: the level in front, no time of our own there; on a terminal
/// with the time.
struct DaemonLog: LogHandler {
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]

  private static let isUnderSystemd = ProcessInfo.processInfo.environment["JOURNAL_STREAM"] != nil

  init(level: Logger.Level) { logLevel = level }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let text = event.message.description
    let line =
      Self.isUnderSystemd
      ? "<\(event.level.priority)>\(text)\n" : "\(Self.time()) \(event.level.rawValue): \(text)\n"
    FileHandle.standardError.write(Data(line.utf8))
  }

  private static func time() -> String {
    var now = time_t(Date().timeIntervalSince1970)
    var parts = tm()
    localtime_r(&now, &parts)
    func two(_ number: CInt) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
  }
}

extension Logger.Level {
  /// syslog's, as sd-daemon(3) reads them.
  fileprivate var priority: Int {
    switch self {
    case .trace, .debug: 7
    case .info: 6
    case .notice: 5
    case .warning: 4
    case .error: 3
    case .critical: 2
    }
  }
}
