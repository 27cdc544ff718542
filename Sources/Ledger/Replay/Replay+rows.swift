import Contract
import Jobs
public import JSON
import Measures
import Metering

extension Replay {
  /// One thing that was metered, then, again, and by other parameters.
  public struct Row: Hashable, Sendable {
    public let name: String
    /// In the order of the headings; with the difference from what was metered then.
    public let values: [String]
  }

  public var headings: [String] {
    ["", "as metered", "metered again"] + (changed == nil ? [] : ["with \(change.text)"])
  }

  public var rows: [Row] {
    let outcomes = [metered, again] + (changed.map { [$0] } ?? [])
    var rows: [Row] = []
    let channels = Set(outcomes.flatMap(\.quantities.keys)).sorted()
    for channel in channels {
      let found = outcomes.map { $0.quantities[channel, default: .init()] }
      let kind = channel.kind
      rows.append(Row(name: "\(channel)", values: values(found.map(\.amount)) { kind.text(of: $0) }))
      for (name, part) in [("estimated", \MeterOutcome.Quantity.estimated), ("by hand", \.removed)]
      where found.contains(where: { $0[keyPath: part] != 0 }) {
        rows.append(
          Row(name: "  \(name)", values: values(found.map { $0[keyPath: part] }) { kind.text(of: $0) }))
      }
      rows.append(Row(name: "  marks", values: found.map(\.marksText)))
    }
    for state in MachineState.allCases where outcomes.contains(where: { $0.states[state] != nil }) {
      let spans = outcomes.map { $0.states[state, default: .zero].base }
      rows.append(Row(name: "machine \(state.rawValue)", values: values(spans) { Span(base: $0).exact }))
    }
    if outcomes.contains(where: { !$0.gaps.isEmpty }) {
      rows.append(Row(name: "  gaps", values: outcomes.map(\.gapsText)))
    }
    return rows
  }

  private func values(_ numbers: [Int64], _ text: (Int64) -> String) -> [String] {
    numbers.enumerated().map { index, number in
      let difference = number - (numbers.first ?? 0)
      guard index > 0 else { return text(number) }
      return difference == 0
        ? "\(text(number)), the same" : "\(text(number)), \(difference > 0 ? "+" : "")\(text(difference))"
    }
  }

  /// What the meters of its scales knew, for people.
  public var parameters: String {
    traces.compactMap { trace in
      guard case .scale(let scale) = trace.head.parameters else { return nil }
      return
        "\(trace.head.channel): metered with division \(scale.division), max_use_rate \(scale.maxUseRate)"
    }.joined(separator: "\n")
  }

  /// How close to the readings the traces are, for people.
  public var closeness: String {
    traces.map { trace in
      let readings = trace.points.reduce(0) { $0 + $1.readings }
      return
        "\(trace.head.channel): \(readings) readings, kept \(trace.head.closeness) in \(trace.points.count) points"
    }.joined(separator: "\n")
  }

  public var json: JSONValue {
    var members: [(String, JSONValue)] = [("run", .string(run.id.text)), ("metered", metered.json)]
    members.append(("again", again.json))
    if let changed {
      members.append(("change", .string(change.text)))
      members.append(("changed", changed.json))
    }
    return .object(JSONObject(members))
  }
}

extension Replay.Change {
  var text: String {
    var parts: [String] = []
    if let division { parts.append("division \(division)") }
    if let maxUseRate { parts.append("max_use_rate \(maxUseRate)") }
    if let onGap { parts.append("on_gap \(onGap.rawValue)") }
    return parts.joined(separator: ", ")
  }
}

extension MeterOutcome {
  fileprivate var gapsText: String {
    let parts = gaps.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.value) \($0.key.rawValue)" }
    return parts.isEmpty ? "none" : parts.joined(separator: ", ")
  }
}

extension MeterOutcome.Quantity {
  fileprivate var marksText: String {
    let names = marks.map { $0.rawValue.replacingUnderscores }.sorted()
    let all = names + (gaps > 0 ? ["\(gaps) gap\(gaps == 1 ? "" : "s")"] : [])
    return all.isEmpty ? "none" : all.joined(separator: ", ")
  }
}

extension MeterOutcome {
  /// Numbers as `chargehand meter` gives them: decimal texts, each with its unit.
  fileprivate var json: JSONValue {
    let amounts = quantities.keys.sorted().map { channel -> JSONValue in
      let quantity = quantities[channel, default: .init()]
      let kind = channel.kind
      return [
        "device": .string(channel.device.text), "channel": .string(kind.rawValue),
        "quantity": .string(kind.number(of: quantity.amount)),
        "estimated": .string(kind.number(of: quantity.estimated)),
        "removed": .string(kind.number(of: quantity.removed)), "unit": .string(kind.unit),
        "marks": .array(quantity.marks.map(\.rawValue).sorted().map(JSONValue.string)),
        "gaps": .number(Int64(quantity.gaps)),
      ]
    }
    let spans = states.keys.sorted { $0.rawValue < $1.rawValue }.map { state in
      (state.rawValue, JSONValue.string("\(states[state, default: .zero].seconds)"))
    }
    let settled = gaps.keys.sorted { $0.rawValue < $1.rawValue }.map { settlement in
      (settlement.rawValue, JSONValue.number(Int64(gaps[settlement] ?? 0)))
    }
    return [
      "quantities": .array(amounts), "seconds": .object(JSONObject(spans)),
      "gaps": .object(JSONObject(settled)),
    ]
  }
}

extension ChannelKind {
  /// An amount in the channel's base unit, for people.
  func text(of base: Int64) -> String {
    switch self {
    case .weight, .materialUsed: Mass(base: base).description
    case .energy: Energy(base: base).description
    case .runningTime: Span(base: base).exact
    case .pieces, .power, .runState, .action, .task: "\(base)"
    }
  }

  /// The same for programs, in its ``unit``.
  func number(of base: Int64) -> String {
    switch self {
    case .weight, .materialUsed: "\(Mass(base: base).grams)"
    case .energy: "\(Energy(base: base).kilowattHours)"
    case .runningTime: "\(Span(base: base).seconds)"
    case .pieces, .power, .runState, .action, .task: "\(base)"
    }
  }

  var unit: String {
    switch self {
    case .weight, .materialUsed: "g"
    case .energy: "kWh"
    case .runningTime: "s"
    case .pieces, .power, .runState, .action, .task: ""
    }
  }
}
