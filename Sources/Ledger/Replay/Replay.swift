import Contract
public import Jobs
import Journal
public import Measures
public import Metering

/// A run metered again from what was read for it: by the parameters that it had, and by others if asked.
public struct Replay: Sendable {
  /// Parameters in place of those that the run had.
  public struct Change: Hashable, Sendable {
    public var division: Mass?
    public var maxUseRate: MassRate?
    public var onGap: GapPolicy?

    public init(division: Mass? = nil, maxUseRate: MassRate? = nil, onGap: GapPolicy? = nil) {
      self.division = division
      self.maxUseRate = maxUseRate
      self.onGap = onGap
    }

    public var isNone: Bool { self == Change() }
  }

  public let run: Run
  /// What the journal has of the run, as it was metered then.
  public let metered: MeterOutcome
  /// The same parameters: what the trace left out shows here.
  public let again: MeterOutcome
  /// `nil` where nothing was to be changed.
  public let changed: MeterOutcome?
  public let change: Change
  public let charts: [RunChart]
  let traces: [StoredTrace]

  /// - Throws: `ReplayError` where there is no such run, it is not over, or nothing was kept of it; `JournalError`, `ContractError`.
  public init(_ name: String, change: Change = Change(), directory: String) throws {
    let shop = try StoredShop.read(directory: directory)
    guard let id = RunID(name), let run = shop.runs[id] else {
      let known = shop.runs.ids.suffix(10).map(\.text).joined(separator: ", ")
      throw ReplayError(
        "there is no run \(name); " + (known.isEmpty ? "none was started yet" : "the newest are: \(known)"))
    }
    guard run.isFinal else {
      let doing = run.endedAt == nil ? "goes on" : "settles"
      throw ReplayError("run \(id) still \(doing); it can be metered again once it is over")
    }
    let reader = try JournalReader(directory: directory)
    let traces = try StoredTrace.all(of: id, in: reader)
    guard !traces.isEmpty else {
      throw ReplayError("nothing that was read for run \(id) is kept: no meter looked on")
    }
    let facts = try RunChart.facts(of: id, reader)
    let events = try Self.events(of: run, traces, facts, reader)
    self.run = run
    self.traces = traces
    self.change = change
    charts = try RunChart(id, in: reader).map { [$0] } ?? []
    metered = MeterOutcome(facts, of: id)
    again = Self.play(events, on: traces, Change(), of: id)
    changed = change.isNone ? nil : Self.play(events, on: traces, change, of: id)
  }

  private static func play(
    _ events: [TrialEvent], on traces: [StoredTrace], _ change: Change, of run: RunID
  ) -> MeterOutcome {
    let metered = traces.filter { $0.head.channel.kind != .runningTime }
    var trial = Trial(meters: metered.map { Meter($0.head.channel, $0.head.parameters.with(change)) })
    for event in events { trial.take(event) }
    trial.finish()
    return MeterOutcome(trial.facts, of: run)
  }

  /// Everything that its meters were told, in the order of its time.
  private static func events(
    of run: Run, _ traces: [StoredTrace], _ facts: [Fact], _ reader: JournalReader
  ) throws -> [TrialEvent] {
    var events: [TrialEvent] = []
    for trace in traces {
      let channel = trace.head.channel
      events += trace.points.readings(on: channel).map(TrialEvent.reading)
      let first = facts.lazy.compactMap { fact in
        if case .segment(let segment) = fact, segment.channel == channel { segment.account } else { nil }
      }.first
      events.append(.charged(channel, first ?? Account(run: run.id), at: run.startedAt))
      for load in try loads(on: channel.device, during: run, reader) where channel.kind == .weight {
        events.append(.charged(channel, load.account, at: load.at))
      }
    }
    if let end = run.endedAt { events.append(.closed(run.id, at: end)) }
    for case .settled(let channel, _, let at) in facts {
      // Where the next run was begun before the scale had come to rest, its settling ended with that.
      events.append(.charged(channel, .nobody, at: at))
    }
    // Sorting is stable, and readings come first: what was read at the second of a command was read before it.
    return events.sorted { $0.at < $1.at }
  }

  /// What was put on the scale in mid-run, as it was told.
  private static func loads(
    on scale: DeviceID, during run: Run, _ reader: JournalReader
  ) throws -> [(account: Account, at: Moment)] {
    try reader.rows(subject: "device/\(scale)").compactMap { row in
      guard EventRecord.Kind(rawValue: row.kind) == .command,
        case .command(.materialLoad(_, let material, let lot), _, let at) = try EventRecord.decode(
          kind: row.kind, version: Int(row.version), bytes: row.body),
        at > run.startedAt, run.endedAt.map({ at < $0 }) ?? true
      else { return nil }
      return (Account(run: run.id, material: material, lot: lot), at)
    }
  }
}

extension MeterParameters {
  fileprivate func with(_ change: Replay.Change) -> MeterParameters {
    switch self {
    case .scale(var scale):
      if let division = change.division { scale.division = division }
      if let rate = change.maxUseRate { scale.maxUseRate = rate }
      return .scale(scale)
    case .run(var run):
      if let policy = change.onGap { run.onGap = policy }
      return .run(run)
    case .counter: return self
    }
  }
}

public struct ReplayError: Error, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}
