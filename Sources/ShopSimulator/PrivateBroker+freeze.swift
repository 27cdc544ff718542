internal import Foundation

extension PrivateBroker {
  /// Freezes it: its connections stay open and nothing answers. It stands still when this returns.
  public func freeze() {
    signal(SIGSTOP)
    // The kernel stops it soon after, not at once.
    for _ in 0..<2_000 where isRunning && state != "T" { usleep(1_000) }
  }

  public func thaw() { signal(SIGCONT) }

  /// Everything it has logged so far, in all its lives.
  public var log: String { (try? String(contentsOfFile: folder["mosquitto.log"], encoding: .utf8)) ?? "" }

  private func signal(_ number: Int32) {
    if isRunning, let processID { Foundation.kill(processID, number) }
  }

  /// Its state as proc(5) has it: the letter after the name in parentheses.
  private var state: Character? {
    let stat = try? String(contentsOfFile: "/proc/\(processID ?? 0)/stat", encoding: .utf8)
    return stat?.split(separator: ")").last?.first { $0 != " " }
  }
}
