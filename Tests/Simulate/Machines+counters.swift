import Foundation
import Glibc
import Measures
import Metering
import TestMachines
import TestShop

extension Machines {
  /// How well one way of reading a counter did, over many runs.
  private struct Tally {
    var runs = 0
    /// Off by no more than one interval between readings at each end, or 0.5 %.
    var within = 0
    var marked = 0
    var negative = 0
    var used: [ChannelKind: Int64] = [:]
    var amount: [ChannelKind: Int64] = [:]

    mutating func add(_ kind: ChannelKind, used: Int64, amount: Int64, isMarked: Bool) {
      runs += 1
      within += abs(amount - used) <= max(used / 200, allowed(kind)) ? 1 : 0
      marked += isMarked ? 1 : 0
      negative += amount < 0 ? 1 : 0
      // In whole base units: garbage would overflow otherwise.
      self.used[kind, default: 0] += used / 1_000_000
      self.amount[kind, default: 0] += amount / 1_000_000
    }

    /// What costs next to nothing: ten watt hours, half a gram, a piece.
    private func allowed(_ kind: ChannelKind) -> Int64 {
      switch kind {
      case .energy: 10_000_000_000
      case .materialUsed: 500_000_000
      default: 1_000_000
      }
    }
  }

  static func counters(days: UInt64, first: UInt64) -> [String] {
    var failures: [String] = []
    var off: [String] = []
    var offDays = 0
    var tallies: [String: Tally] = [:]
    var trace = TraceHash()
    var readings = 0
    var faults: [CounterDay.Fault: Int] = [:]
    for seed in first..<first + days {
      let counter = CounterDay.random(seed: seed)
      readings += counter.day.steps.count
      faults.merge(counter.faults) { $0 + $1 }
      let facts = Daemon.facts(of: counter.day, meter: counter.meter)
      if days == 1 {
        for line in counter.story { print(line) }
        for fact in facts { print(counter.day.told(fact)) }
      }
      for fact in facts { trace.add("\(fact)") }
      let audit = CounterAudit(counter, facts)
      offDays += audit.findings.isEmpty ? 0 : 1
      off += audit.findings.map { "counter, seed \(seed): \($0)" }
      if audit.runs.contains(where: { $0.amount < 0 || $0.isGross }) {
        failures.append(
          "counter, seed \(seed): a run is charged less than nothing, or far more than was used")
      }
      for run in audit.runs {
        tallies["meter", default: Tally()].add(
          counter.kind, used: run.used, amount: run.amount, isMarked: !run.isPlain)
      }
      for rival in CounterRival.allCases {
        for (run, amount) in zip(audit.runs, rival.amounts(counter)) {
          tallies[rival.rawValue, default: Tally()].add(
            counter.kind, used: run.used, amount: amount, isMarked: false)
        }
      }
      if counter.day.clock.hasWallFaults {
        let twin = Daemon.facts(of: counter.day, meter: counter.meter, otherwise: .wallRight)
        if let text = RunTwins.difference(facts, wallRight: twin) {
          failures.append("counter, seed \(seed): the wall clock changed \(text)")
        }
      }
    }
    let happened = CounterDay.Fault.allCases.map { "\(faults[$0, default: 0]) \($0.rawValue)" }
    print("machines: \(days) days of counters, \(readings) readings; trace \(trace.value)")
    print("  \(happened.joined(separator: ", "))")
    for name in ["meter"] + CounterRival.allCases.map(\.rawValue) {
      tell(name, tallies[name, default: Tally()])
    }
    print("  \(offDays) days are off by more than faults of one kind explain")
    for text in off.prefix(10) { print("    \(text)") }
    // Several faults within a few readings cannot always be told apart: an outlier after which the counter begins anew,
    // say. Whether all of these days are such was not found out: they are allowed to be rare, and never gross.
    if days == 1 || Double(offDays) > Double(days) * 0.01 { failures += off }
    return failures
  }

  private static func tell(_ name: String, _ tally: Tally) {
    let shares = [ChannelKind.energy, .materialUsed, .pieces].map { kind in
      let used = Double(max(1, tally.used[kind, default: 0]))
      return "\(text(Double(tally.amount[kind, default: 0]) * 100 / used)) % of \(kind.rawValue)"
    }
    print(
      "  \(name): \(tally.within) of \(tally.runs) runs within, \(tally.marked) marked, \(tally.negative) below zero; "
        + "charged \(shares.joined(separator: ", "))")
  }
}
