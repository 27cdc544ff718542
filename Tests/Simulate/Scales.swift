import TestScales

/// Days at random scales, judged by our meter and by two that others use.
enum Scales {
  static func play(days: UInt64, first: UInt64) {
    var cards = Dictionary(uniqueKeysWithValues: Contender.allCases.map { ($0, Scorecard()) })
    var samples = 0
    for seed in first..<first + days {
      let day = ScaleDay.random(seed: seed)
      samples += day.steps.count
      for contender in Contender.allCases {
        cards[contender]?.add(day, contender.judge(day).runs, seed: seed)
      }
    }
    print("scales: \(days) days, \(samples) samples")
    for contender in Contender.allCases {
      guard let card = cards[contender] else { continue }
      print(
        "\(contender.rawValue): \(card.runs) runs, median \(card.median) d, 99 % \(card.percentile99) d, share99 \(card.share99), worst \(card.worstDivisions) d, within \(card.withinShare * 100) %, silent \(card.silent.count), clean marked \(card.cleanMarked) of \(card.clean)"
      )
    }
    guard let ours = cards[.meter] else { return }
    for fault in ScaleDay.Fault.allCases {
      guard let row = ours.byFault[fault] else { continue }
      print("  \(fault.rawValue): \(row.runs) runs, \(row.within) within, \(row.marked) marked")
    }
    print("  clean within \(ours.cleanWithin) of \(ours.clean)")
    for text in ours.cleanWrong.prefix(12) { print("  CLEAN \(text)") }
    for text in ours.silent.prefix(25) { print("  SILENT \(text)") }
  }
}
