import Foundation
import Glibc
import TestScales

/// Days at random scales, judged by our meter and by two that others use.
enum Scales {
  /// - Parameter first: the seed of the first day; a single day is told fact by fact.
  static func play(days: UInt64, first: UInt64) {
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
    for text in ours.silent.prefix(days == 1 ? 3 : 10) { print("  off by more, and not marked: \(text)") }
    if days >= 100 { judge(ours) }
  }

  private static func tell(_ contender: Contender, _ card: Scorecard) {
    print(
      "  \(contender.rawValue): \(text(card.median)) (median), \(text(card.percentile99)) (99 %); "
        + "\(text(card.all.within.percent)) % of \(card.all.within.of) runs within max(2 d, 0.5 %); "
        + "\(card.silent.count) are not, and not marked")
  }

  private static func tell(_ name: String, _ tally: Scorecard.Tally) {
    print(
      "    \(name): \(tally.within.count) of \(tally.within.of) within, \(text(tally.marked.percent)) % marked"
    )
  }

  private static func text(_ value: Double) -> String { String(format: "%.2f", value) }

  /// What holds today; docs/metering.md says what is still to come.
  private static func judge(_ card: Scorecard) {
    var faults: [String] = []
    if card.median > 0.6 { faults.append("the median is over 0.6 divisions") }
    if card.clean.within.percent < 98.5 { faults.append("under 98.5 % of clean runs are within") }
    if card.clean.marked.percent > 1 { faults.append("over 1 % of clean runs are marked") }
    if Double(card.silent.count) > Double(card.all.within.of) * 0.004 {
      faults.append("over 0.4 % of runs are off by more, and not marked")
    }
    for fault in [ScaleDay.Fault.swap, .refill, .removal] {
      if let tally = card.byFault[fault], tally.marked.percent < 99 {
        faults.append("a \(fault.rawValue) went unmarked")
      }
    }
    for text in faults { print("FAILED \(text)") }
    if !faults.isEmpty { exit(1) }
  }
}
