internal import JSON
internal import Measures
internal import Metering

/// What was metered in a recording, as JSON: its runs, what was nobody's, and how the load was changed.
public struct TrialResult: Sendable {
  let facts: [Fact]
  let names: [RunID: String]
  let open: RunID?
  let isRelative: Bool

  /// One object: `{"runs":[…],"unattributed":[…],"loads":[…]}`.
  public var bytes: [UInt8] {
    var payload = Payload()
    let runs = names.keys.sorted { ($0.text.utf8.count, $0) < ($1.text.utf8.count, $1) }
    payload.set("runs", runs.map(run))
    payload.set("unattributed", pieces(of: nil))
    payload.set("loads", loads)
    return payload.value.compactBytes
  }

  private func run(_ id: RunID) -> JSONValue {
    var payload = Payload()
    payload.set("run", names[id])
    if id == open { payload.set("open", true) }
    let segments = self.segments.filter { $0.account.run == id }
    for kind in [ChannelKind.weight, .materialUsed, .energy, .pieces] {
      let list = segments.filter { $0.channel.kind == kind }
      if !list.isEmpty { payload[Self.name(of: kind)] = total(list, kind) }
    }
    let stretches = self.stretches.filter { $0.account.run == id }
    if !stretches.isEmpty { payload["machine_time"] = time(stretches) }
    payload.set("segments", pieces(of: id))
    return payload.value
  }

  private static func name(of kind: ChannelKind) -> String { kind == .weight ? "material" : kind.rawValue }

  private func total(_ segments: [Segment], _ kind: ChannelKind) -> JSONValue {
    func sum(_ amounts: [Int64]) -> Int64 { amounts.reduce(Mass.zero) { $0 + Mass(base: $1) }.base }
    let estimated = sum(segments.map(\.estimated))
    let removed = sum(segments.compactMap(\.removed))
    var payload = Payload()
    payload.set("quantity", amount(sum(segments.map(\.amount)), kind))
    payload.set("unit", unit(kind))
    if estimated != 0 { payload.set("estimated", amount(estimated, kind)) }
    let drift = sum(segments.compactMap(\.drift))
    if drift != 0 { payload.set("uncertainty", amount(drift, kind)) }
    if removed != 0 { payload.set("removed", amount(removed, kind)) }
    payload.set("marks", Set(segments.flatMap(\.marks).map(\.rawValue)).sorted().map(JSONValue.string))
    payload.set("gaps", segments.flatMap(\.gaps).map(gap))
    return payload.value
  }

  /// Seconds in each state.
  private func time(_ stretches: [Stretch]) -> JSONValue {
    var payload = Payload()
    for state in MachineState.allCases {
      let spans = stretches.filter { $0.state == state }.compactMap(\.span)
      if !spans.isEmpty { payload.set(state.rawValue, spans.reduce(Span.zero, +).seconds) }
    }
    payload.set("gaps", stretches.compactMap(\.gap).map(gap))
    return payload.value
  }

  private func pieces(of run: RunID?) -> [JSONValue] {
    facts.compactMap { fact in
      switch fact {
      case .segment(let segment) where segment.account.run == run: piece(segment)
      case .stretch(let stretch) where run == nil && stretch.account.run == nil && stretch.state.isBusy:
        piece(stretch)
      default: nil
      }
    }
  }

  private func piece(_ segment: Segment) -> JSONValue {
    let kind = segment.channel.kind
    var payload = Payload()
    payload.set("channel", kind.rawValue)
    payload.set("from", time(segment.from))
    payload.set("to", time(segment.to))
    payload.set("first", amount(segment.first, kind))
    payload.set("last", amount(segment.last, kind))
    payload.set("quantity", amount(segment.amount, kind))
    payload.set("unit", unit(kind))
    if segment.estimated != 0 { payload.set("estimated", amount(segment.estimated, kind)) }
    if let drift = segment.drift { payload.set("uncertainty", amount(drift, kind)) }
    if let removed = segment.removed { payload.set("removed", amount(removed, kind)) }
    payload.set("marks", segment.marks.map { .string($0.rawValue) })
    payload.set("gaps", segment.gaps.map(gap))
    return payload.value
  }

  private func piece(_ stretch: Stretch) -> JSONValue {
    var payload = Payload()
    payload.set("channel", stretch.channel.kind.rawValue)
    payload.set("state", stretch.state.rawValue)
    payload.set("from", time(stretch.from))
    payload.set("to", time(stretch.to))
    payload.set("quantity", stretch.span?.seconds)
    payload.set("unit", "s")
    return payload.value
  }

  private var loads: [JSONValue] {
    facts.compactMap { fact in
      guard case .loaded(_, let mass, let at) = fact else { return nil }
      var payload = Payload()
      payload.set("at", time(at))
      payload.set("by", mass.grams)
      payload.set("unit", "g")
      return payload.value
    }
  }

  private func gap(_ gap: Gap) -> JSONValue {
    var payload = Payload()
    payload.set("from", time(gap.from))
    payload.set("to", time(gap.to))
    payload.set("settlement", gap.settlement.rawValue)
    return payload.value
  }

  private var segments: [Segment] {
    facts.compactMap { if case .segment(let segment) = $0 { segment } else { nil } }
  }
  private var stretches: [Stretch] {
    facts.compactMap { if case .stretch(let stretch) = $0 { stretch } else { nil } }
  }

  private func amount(_ base: Int64, _ kind: ChannelKind) -> Decimal {
    switch kind {
    case .weight, .materialUsed: Mass(base: base).grams
    case .energy: Energy(base: base).kilowattHours
    default: Decimal(base)
    }
  }

  private func unit(_ kind: ChannelKind) -> String {
    switch kind {
    case .weight, .materialUsed: "g"
    case .energy: "kWh"
    default: "1"
    }
  }

  /// As the recording counts.
  private func time(_ moment: Moment) -> String {
    isRelative ? moment.uptime.seconds.description : moment.wall.description
  }
}
