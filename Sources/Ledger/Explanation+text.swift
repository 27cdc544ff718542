import Jobs
import JSON
import Measures
import Metering

extension Explanation {
  /// For people: the amount, then what it was made of, step by step, down to the readings.
  public var text: String {
    let id = draft["draft_id"]?.string ?? ""
    let revision = draft["revision"]?.int64 ?? 0
    let jobs = (draft["jobs"]?.array ?? []).compactMap { $0["id"]?.string }.joined(separator: ", ")
    var out = ["Draft \(id) revision \(revision), job \(jobs)"]
    for note in (draft["notes"]?.array ?? []).compactMap(\.string) { out.append("Note: \(note)") }
    for line in lines { out += [""] + text(of: line) }
    return out.joined(separator: "\n")
  }

  private func text(of explained: Line) -> [String] {
    let line = explained.line
    func field(_ name: String) -> String { line[name]?.string ?? "" }
    let currency = draft["currency"]?.string ?? ""
    let unit = field("unit")
    var out = ["\(field("id"))  \(field("name"))"]
    out.append(
      "    amount    \(field("net_amount")) \(currency) = \(field("quantity")) \(unit) × \(field("unit_price")) \(currency)"
    )
    out.append("    price     \(price(of: line, currency))")
    out.append(
      "    cost      \(line["cost"]?["amount"]?.string ?? "") \(currency), the amount before markup")
    out.append("    quantity  \(quantity(of: line, unit))")
    let isSettled = (line["gaps"]?.array ?? []).contains { $0["settlement"]?.string == "settled" }
    for source in explained.sources { out += text(of: source, isSettled: isSettled) }
    for gap in line["gaps"]?.array ?? [] {
      out.append(
        "    gap       \(gap["from"]?.string ?? "") to \(gap["to"]?.string ?? ""), \(gap["settlement"]?.string ?? "")"
      )
    }
    let flags = (line["flags"]?.array ?? []).compactMap(\.string)
    if !flags.isEmpty { out.append("    marks     \(flags.joined(separator: ", "))") }
    return out
  }

  private func price(of line: JSONValue, _ currency: String) -> String {
    let percent = line["cost"]?["markup_percent"]?.string ?? "0"
    let from = line["cost"]?["markup_from"]?.string ?? "none"
    let markup = from == "none" ? "no markup" : "\(percent) % markup of the \(from)"
    return "\(line["unit_price"]?.string ?? "") \(currency), with \(markup)"
  }

  private func quantity(of line: JSONValue, _ unit: String) -> String {
    let quality = line["quality"]?.string?.replacingUnderscores ?? ""
    var text = "\(line["quantity"]?.string ?? "") \(unit), \(quality)"
    if let estimated = line["estimated_quantity"]?.string { text += "; of it estimated \(estimated) \(unit)" }
    if let measured = line["measured_quantity"]?.string { text += "; measured \(measured) \(unit)" }
    if let removed = line["removed_quantity"]?.string {
      text += "; beside it \(removed) \(unit) taken from the scale by hand"
    }
    return text
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
      let amount = Self.amount(segment.amount, segment.channel.kind)
      let first = Self.amount(segment.first, segment.channel.kind)
      let last = Self.amount(segment.last, segment.channel.kind)
      var marks = segment.marks.map { mark in
        let removed = segment.removed.map { ": \(Self.amount($0, segment.channel.kind))" } ?? ""
        return mark.rawValue.replacingUnderscores + (mark == .removedByHand ? removed : "")
      }
      if segment.estimated != 0 {
        marks.append("of it estimated: \(Self.amount(segment.estimated, segment.channel.kind))")
      }
      let suffix = marks.isEmpty ? "" : "  (\(marks.joined(separator: ", ")))"
      out.append("      \(segment.from.wall)  \(first)  →  \(segment.to.wall)  \(last):  \(amount)\(suffix)")
    }
    for stretch in source.stretches {
      let since = isSettled && stretch.gap?.settlement == .held ? ", and settled since" : ""
      let gap = stretch.gap.map { "  (gap, \($0.settlement.rawValue)\(since))" } ?? ""
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

  private static func amount(_ base: Int64, _ kind: ChannelKind) -> String {
    switch kind {
    case .weight, .materialUsed: Mass(base: base).description
    case .energy: Energy(base: base).description
    default: "\(base)"
    }
  }
}

extension String {
  var replacingUnderscores: String { String(map { $0 == "_" ? " " : $0 }) }
}
