import Foundation
import Glibc
import Measures
import Metering
import TestMachines
import TestShop

/// Days at machines that are timed and counted, held against what had to come of them.
enum Machines {
  /// - Parameter first: the seed of the first day; a single day is told fact by fact.
  static func play(days: UInt64, first: UInt64) {
    var failures = runs(days: days, first: first)
    failures += counters(days: days, first: first)
    if trace(first: first) != trace(first: first) { failures.append("the same seeds came to other facts") }
    for text in failures.prefix(days == 1 ? 20 : 60) { print("FAILED \(text)") }
    if failures.count > 20 { print("FAILED \(failures.count) times in all") }
    if !failures.isEmpty { exit(1) }
  }

  private static func runs(days: UInt64, first: UInt64) -> [String] {
    var failures: [String] = []
    var sum = RunAudit.Figures()
    var trace = TraceHash()
    var (wallDays, killDays, kills) = (0, 0, 0)
    var unlike: Int64 = 0
    for seed in first..<first + days {
      let run = RunDay.random(seed: seed)
      let facts = Daemon.facts(of: run.day, meter: run.meter)
      if days == 1 { tell(run, facts) }
      for fact in facts { trace.add("\(fact)") }
      let audit = RunAudit(run, facts)
      failures += audit.findings.map { "run state, seed \(seed): \($0)" }
      sum.add(audit.figures)
      if run.day.clock.hasWallFaults {
        wallDays += 1
        let twin = Daemon.facts(of: run.day, meter: run.meter, otherwise: .wallRight)
        if let text = RunTwins.difference(facts, wallRight: twin) {
          failures.append("run state, seed \(seed): the wall clock changed \(text)")
        }
      }
      if let count = run.day.faults[.killed], count > 0 {
        killDays += 1
        kills += count
        let twin = Daemon.facts(of: run.day, meter: run.meter, otherwise: .neverKilled)
        failures += RunAudit(run, twin, otherwise: .neverKilled).findings.map {
          "run state, seed \(seed), never killed: \($0)"
        }
        let other = RunTwins.milliseconds(of: run, facts, unlike: twin)
        unlike += other
        if other > run.allowedByKills {
          failures.append(
            "run state, seed \(seed): \(other) ms outside of gaps are another state by the kills")
        }
      }
    }
    let hours = { (time: Int64) in text(Double(time) / 3_600_000) }
    print(
      "machines: \(days) days of run states, \(sum.runs) runs, \(sum.readings) readings; trace \(trace.value)"
    )
    print(
      "  data flowed for \(hours(sum.flowed)) h; states changed \(sum.changes) times, and are off by "
        + "\(text(Double(sum.off) / Double(max(1, sum.changes)))) ms a change, at worst by "
        + "\(text(sum.worst)) of the interval between two readings")
    for settlement in [Gap.Settlement.bridged, .billed, .skipped, .held] {
      print("    \(settlement.rawValue): \(hours(sum.gaps[settlement, default: 0])) h")
    }
    print(
      "  \(wallDays) days with a wrong wall clock, each the same as with a right one, unless it says FAILED")
    print("  \(killDays) days with \(kills) kills: \(unlike) ms outside of gaps unlike the same days without")
    return failures
  }

  /// What a few days come to, as one number.
  private static func trace(first: UInt64) -> UInt64 {
    var trace = TraceHash()
    for seed in first..<first + 5 {
      let (run, counter) = (RunDay.random(seed: seed), CounterDay.random(seed: seed))
      for fact in Daemon.facts(of: run.day, meter: run.meter) { trace.add("\(fact)") }
      for fact in Daemon.facts(of: counter.day, meter: counter.meter) { trace.add("\(fact)") }
    }
    return trace.value
  }

  private static func tell(_ run: RunDay, _ facts: [Fact]) {
    for line in run.story { print(line) }
    for fact in facts { print(run.day.told(fact)) }
  }

  static func text(_ value: Double) -> String { String(format: "%.2f", value) }
}
