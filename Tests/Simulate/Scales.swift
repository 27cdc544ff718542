import Foundation
import Glibc
import TestScales

/// Days at random scales, judged by our meter and by two that others use.
enum Scales {
  /// - Parameter first: the seed of the first day; a single day is told fact by fact.
  /// - Parameter fault: runs with this one alone that were off by more are listed.
  static func play(
    days: UInt64, first: UInt64, listing fault: ScaleDay.Fault? = nil, isListing: Bool = false
  ) {
    var cards: [Contender: Scorecard] = [:]
    var samples = 0
    for seed in first..<first + days {
      let day = ScaleDay.random(seed: seed)
      samples += day.steps.count
      if days == 1 { for line in Contender.story(of: day) { print(line) } }
      for contender in Contender.allCases {
        cards[contender, default: Scorecard()].add(day, contender.judge(day), seed: seed)
      }
    }
    print("scales: \(days) days, \(samples) samples; a run is off by, in divisions of its scale:")
    for contender in Contender.allCases { tell(contender, cards[contender, default: Scorecard()]) }
    let ours = cards[.meter, default: Scorecard()]
    tell("clean", ours.clean)
    for fault in ScaleDay.Fault.allCases {
      tell(fault.rawValue, ours.byFault[fault, default: Scorecard.Tally()])
    }
    for text in fault.map({ ours.misses[$0] ?? [] }) ?? (isListing ? ours.otherMisses : []) {
      print("  off by more: \(text)")
    }
    for text in ours.silent.prefix(days == 1 ? 3 : 10) { print("  off by more, and not marked: \(text)") }
    if days >= 100 { judge(ours) }
    tellKept(days: days, first: first)
    tellBalance(days: days, first: first)
  }

  /// Attributed and unattributed, against what left the scale: every fifth day.
  private static func tellBalance(days: UInt64, first: UInt64) {
    let seeds = stride(from: first, to: first + days, by: days < 10 ? 1 : 5)
    let balances = seeds.map { (seed: $0, balance: Balance(of: .random(seed: $0))) }
    let sums = balances.filter { !$0.balance.isHeld }
    let within = sums.count { $0.balance.isWithin }
    let unattributed = sums.count { $0.balance.unattributed > 0 }
    print(
      "  over the day: attributed and unattributed are what left the scale, within what is stated, on \(within) of "
        + "\(sums.count) days; on \(unattributed) some was unattributed, \(balances.count - sums.count) wait for a hold"
    )
    if days >= 100, within * 100 < sums.count * 99 {
      print("FAILED on over one day of a hundred the sum is not what left the scale")
      exit(1)
    }
    for (seed, balance) in sums where !balance.isWithin {
      print(
        "    seed \(seed): off by \(balance.off / 1000) mg of \(balance.used / 1000), stated \(balance.stated / 1000)"
      )
    }
  }

  /// What a look back at a run is worth: every tenth day.
  private static func tellKept(days: UInt64, first: UInt64) {
    let kept = stride(from: first, to: first + days, by: days < 10 ? 1 : 10)
      .flatMap { Keeping.runs(of: .random(seed: $0)) }
    guard !kept.isEmpty else { return }
    let off = kept.map(\.off).sorted()
    let bytes = kept.map(\.bytes).sorted()
    func divisions(_ part: Int) -> Double { Double(off[(off.count - 1) * part / 100]) / 1000 }
    let alike = kept.count { $0.isMarkedAlike } * 100 / kept.count
    print(
      "  metered again from their traces: \(kept.count) runs are off by \(text(divisions(50))) (median), "
        + "\(text(divisions(90))) (90 %), \(text(divisions(99))) (99 %), \(alike) % with the same marks; a trace has "
        + "\(bytes[bytes.count / 2]) bytes (median), \(bytes.last ?? 0) at most")
    if days >= 100, divisions(50) > 0.5 || divisions(99) > 3 || alike < 97 || bytes.last ?? 0 > 64 * 1024 {
      print("FAILED a trace tells less of its run than docs/metering.md says")
      exit(1)
    }
  }

  private static func tell(_ contender: Contender, _ card: Scorecard) {
    print(
      "  \(contender.rawValue): \(text(card.median)) (median), \(text(card.percentile99)) (99 %); "
        + "\(text(card.all.within.percent)) % of \(card.all.within.of) runs within max(2 d, 0.5 %); \(card.all.held) held; "
        + "\(card.silent.count) are not, and not marked")
  }

  private static func tell(_ name: String, _ tally: Scorecard.Tally) {
    print(
      "    \(name): \(tally.within.count) of \(tally.within.of) within, \(tally.held) held, \(text(tally.marked.percent)) % marked"
    )
  }

  private static func text(_ value: Double) -> String { String(format: "%.2f", value) }

  /// What docs/metering.md promises.
  private static func judge(_ card: Scorecard) {
    var faults: [String] = []
    if card.median > 0.4 { faults.append("the median is over 0.4 divisions") }
    if card.percentile99 > 5 { faults.append("one run of a hundred is off by more than 5 divisions") }
    if card.all.within.percent < 99 { faults.append("under 99 % of runs are within") }
    if card.clean.within.percent < 99.9 { faults.append("under 99.9 % of clean runs are within") }
    if card.clean.marked.percent > 1 { faults.append("over 1 % of clean runs are marked") }
    if Double(card.silent.count) > Double(card.all.within.of) * 0.0005 {
      faults.append("over 0.05 % of runs are off by more, and not marked")
    }
    for fault in [ScaleDay.Fault.swap, .refill, .removal, .rezero, .crash] {
      if let tally = card.byFault[fault], tally.marked.percent < 99 {
        faults.append("a \(fault.rawValue) went unmarked")
      }
    }
    for text in faults { print("FAILED \(text)") }
    if !faults.isEmpty { exit(1) }
  }
}
