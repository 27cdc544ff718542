import Foundation

/// Whether the long numbers of rounds are wanted: `make torture` sets `CHARGEHAND_TORTURE`.
public let isTorture = number("CHARGEHAND_TORTURE") > 0

/// By how much a test of *how fast* something is may be missed: 1 wherever the program runs as it is. Under a
/// sanitizer, which makes it several times slower, `scripts/torture.sh` sets `CHARGEHAND_SLACK`. What is measured
/// and billed has no slack.
public let slack = max(1, number("CHARGEHAND_SLACK"))

private func number(_ name: String) -> Int {
  ProcessInfo.processInfo.environment[name].flatMap(Int.init) ?? 0
}
