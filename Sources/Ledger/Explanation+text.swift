import Jobs
import JSON
import Measures
import Metering

extension Explanation {
  /// For people: the amount, then what it was made of, step by step, down to the readings.
  ///
  /// - Parameter paint: colors what is drawn.
  public func text(paint: RunChart.Paint = { $1 }) -> String {
    let id = draft["draft_id"]?.string ?? ""
    let revision = draft["revision"]?.int64 ?? 0
    let jobs = (draft["jobs"]?.array ?? []).compactMap { $0["id"]?.string }.joined(separator: ", ")
    var out = ["Draft \(id) revision \(revision), job \(jobs)"]
    for note in (draft["notes"]?.array ?? []).compactMap(\.string) { out.append("Note: \(note)") }
    for line in lines { out += [""] + text(of: line, paint) }
    if isWhole { out += [""] + TotalsText(draft: draft).rows }
    return out.joined(separator: "\n")
  }

  private func text(of explained: Line, _ paint: RunChart.Paint) -> [String] {
    let line = explained.line
    var out = ["\(line["id"]?.string ?? "")  \(line["name"]?.string ?? "")"]
    out += LineText(line: line, currency: draft["currency"]?.string ?? "").rows
    out += explained.rules.map { "    rule      \($0)" }
    let isSettled = (line["gaps"]?.array ?? []).contains { $0["settlement"]?.string == "settled" }
    for source in explained.sources {
      out += text(of: source, isSettled: isSettled)
      if let fault = source.chartFault { out.append("      what was read cannot be shown: \(fault)") }
      if let chart = source.chart, let curve = chart.curves.first(where: { $0.channel == source.channel }) {
        out += [""] + chart.text(of: curve, paint: paint).map { "      " + $0 } + [""]
      }
    }
    for gap in line["gaps"]?.array ?? [] {
      out.append(
        "    gap       \(gap["from"]?.string ?? "") to \(gap["to"]?.string ?? ""), \(gap["settlement"]?.string ?? "")"
      )
    }
    let flags = (line["flags"]?.array ?? []).compactMap(\.string)
    if !flags.isEmpty { out.append("    marks     \(flags.joined(separator: ", "))") }
    return out
  }

  /// - Parameter isSettled: somebody said what becomes of the gaps that the meter held.
  private func text(of source: Source, isSettled: Bool) -> [String] {
    let evidence = source.evidence
    if let hold = evidence["hold"]?.string {
      let with = evidence["settled_with"]?.string ?? ""
      let means = with == "accept" ? "accepted" : "with \(with)"
      let (by, at) = (evidence["by"]?.string ?? "", evidence["at"]?.string ?? "")
      return ["    settled   \(by), \(at): hold \(hold) \(means): \(evidence["note"]?.string ?? "")"]
    }
    guard let run = evidence["run"]?.string else {
      return [
        "    by        \(evidence["by"]?.string ?? ""), \(evidence["at"]?.string ?? ""): \(evidence["note"]?.string ?? "")"
      ]
    }
    var out = [
      "    from      run \(run), \(evidence["device"]?.string ?? "") \(evidence["channel"]?.string?.replacingUnderscores ?? "")"
    ]
    for segment in source.segments {
      let kind = segment.channel.kind
      let amount = kind.text(of: segment.amount)
      let first = kind.text(of: segment.first)
      let last = kind.text(of: segment.last)
      var marks = segment.marks.map { mark in
        let removed = segment.removed.map { ": \(kind.text(of: $0))" } ?? ""
        return mark.rawValue.replacingUnderscores + (mark == .removedByHand ? removed : "")
      }
      if let lot = segment.account.lot { marks.insert("lot \(lot)", at: 0) }
      if segment.estimated != 0 {
        marks.append("of it estimated: \(kind.text(of: segment.estimated))")
      }
      let suffix = marks.isEmpty ? "" : "  (\(marks.joined(separator: ", ")))"
      out.append("      \(segment.from.wall)  \(first)  →  \(segment.to.wall)  \(last):  \(amount)\(suffix)")
    }
    for stretch in source.stretches {
      let since = isSettled && stretch.gap?.settlement == .held ? ", and settled since" : ""
      let gap =
        stretch.gap.map { gap in
          gap.settlement == .counted
            ? "  (within a gap, by the machine's own count)" : "  (gap, \(gap.settlement.rawValue)\(since))"
        } ?? ""
      let span = stretch.span?.exact ?? "unknown time"
      out.append(
        "      \(stretch.from.wall)  →  \(stretch.to.wall)  \(stretch.state.rawValue):  \(span)\(gap)")
    }
    out.append(
      source.isProven
        ? "      these journal rows have the hash that the draft carries"
        : "      THESE JOURNAL ROWS DO NOT HAVE THE HASH THAT THE DRAFT CARRIES: run chargehand verify")
    return out
  }
}

extension String {
  var replacingUnderscores: String { String(map { $0 == "_" ? " " : $0 }) }
}
