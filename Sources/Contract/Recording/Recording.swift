internal import JSON
public import Measures
public import Metering

/// What a scale and its machine said, a JSON object a line, to be metered without a daemon.
///
/// After the ``RecordingHead`` each line has its time `at`, in seconds from any beginning or as RFC 3339, and one of
/// `weight` (with `stable`? and `overload`?), `state`, `energy` (kWh), `material_used` (g), `pieces`, `online`, `open`
/// and `close` (with the run's name). States and counters stand until the next one, or until `online` is false.
public struct Recording: Sendable {
  public var head: RecordingHead
  public private(set) var events: [TrialEvent] = []
  /// Runs by the names that the recording gives them.
  public private(set) var names: [RunID: String] = [:]
  /// Whether times are counted from a beginning of their own.
  public private(set) var isRelative = true
  private var first: WallTime?
  private var open: RunID?
  private var newest: Moment?

  /// Longer ones are cut by whoever makes them.
  static let longest = Span.hours(24 * 366)

  /// The channels of a recording are one device's, whatever they were before.
  private static let device = DeviceID("recorded")

  /// - Throws: `RecordingError` with the line and what it should have been.
  public init(_ bytes: some Collection<UInt8>) throws(RecordingError) {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
      .filter { !$0.element.allSatisfy(Self.isBlank) }
    guard let first = lines.first else {
      throw RecordingError(
        line: 1, message: #"the recording is empty; begin with a line such as {"unit":"g","division":"0.1"}"#)
    }
    head = try RecordingHead.read(RecordingLine(first.element, number: first.offset + 1))
    for line in lines.dropFirst() { try take(RecordingLine(line.element, number: line.offset + 1)) }
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
  }

  private static let keys = [
    "at", "weight", "stable", "overload", "state", "energy", "material_used", "pieces", "running_time",
    "online",
    "open", "close",
  ]
  private static let subjects = [
    "weight", "overload", "state", "energy", "material_used", "pieces", "running_time", "online", "open",
    "close",
  ]

  private mutating func take(_ line: RecordingLine) throws(RecordingError) {
    try line.allow(Self.keys)
    let moment = try moment(of: line)
    guard Self.subjects.contains(where: line.has) else {
      throw line.error("says nothing but its time; give one of \(Self.subjects.joined(separator: ", "))")
    }
    if let isOnline = try line.flag("online"), !isOnline {
      for kind in ChannelKind.allCases { read(.rejected(.offline), on: kind, moment) }
    }
    if let time = try line.value("running_time", as: "a number of seconds", Self.span(ofSeconds:)) {
      read(.count(time.milliseconds), on: .runningTime, moment)
    }
    if let state = try line.word(
      "state", as: "one of \(MachineState.allCases.map(\.rawValue).joined(separator: ", "))",
      { MachineState(rawValue: $0) })
    {
      read(.state(state), on: .runState, moment)
    }
    try takeWeight(line, moment)
    try takeCounters(line, moment)
    try takeRun(line, moment)
  }

  private mutating func takeWeight(_ line: RecordingLine, _ moment: Moment) throws(RecordingError) {
    let stable = try line.flag("stable")
    if try line.flag("overload") ?? false { return read(.rejected(.overload), on: .weight, moment) }
    let mass = try line.value("weight", as: "a number, in the unit of the first line") {
      [unit = head.unit] text in
      Decimal(withExponent: text).flatMap { Mass($0, unit) }
    }
    if let mass { read(.weight(mass, stable: stable), on: .weight, moment) }
  }

  private mutating func takeCounters(_ line: RecordingLine, _ moment: Moment) throws(RecordingError) {
    if let energy = try line.value(
      "energy", as: "a number of kWh from 0",
      { Decimal(withExponent: $0).flatMap { $0.isNegative ? nil : Energy($0, .kWh) } })
    {
      read(.energy(energy), on: .energy, moment)
    }
    if let mass = try line.value(
      "material_used", as: "a number of grams from 0",
      { Decimal(withExponent: $0).flatMap { $0.isNegative ? nil : Mass($0, .g) } })
    {
      read(.count(mass.base), on: .materialUsed, moment)
    }
    if let pieces = try line.value(
      "pieces", as: "a whole number from 0", { Int64($0).flatMap { $0 < 0 ? nil : $0 } })
    {
      read(.count(pieces), on: .pieces, moment)
    }
  }

  private mutating func takeRun(_ line: RecordingLine, _ moment: Moment) throws(RecordingError) {
    let name = { (text: String) in Text.fault(in: text, maximum: 64) == nil ? text : nil }
    if let newest, moment < newest, line.has("open") || line.has("close") {
      throw line.error(
        "a run opens or closes before what was told already; put the lines in the order of their times")
    }
    newest = max(newest ?? moment, moment)
    if let closed = try line.word("close", as: "the name of the run that is open", name) {
      guard let run = open, names[run] == closed else {
        throw line.error("run \(Text.quoted(closed)) is not open here")
      }
      events.append(.closed(run, at: moment))
      open = nil
    }
    if let opened = try line.word("open", as: "a name of 1 to 64 characters for the run", name) {
      if let run = open {
        throw line.error("run \(Text.quoted(names[run] ?? "")) is still open; close it first")
      }
      guard !names.values.contains(opened), let run = RunID("R\(names.count + 1)") else {
        throw line.error("there was a run \(Text.quoted(opened)) before; give each run its own name")
      }
      names[run] = opened
      events.append(.charged(nil, Account(run: run), at: moment))
      open = run
    }
  }

  private mutating func read(_ value: ReadingValue, on kind: ChannelKind, _ moment: Moment) {
    guard let device = Self.device else { return }
    events.append(.reading(Reading(channel: ChannelID(device, kind), at: moment, value: value)))
  }

  private mutating func moment(of line: RecordingLine) throws(RecordingError) -> Moment {
    let expected = "seconds such as 12.5, or a time such as 2026-11-21T08:00:00Z"
    let time = try line.value("at", as: expected) { text -> (Span, WallTime?)? in
      if let span = Self.span(ofSeconds: text) { return (span, nil) }
      return WallTime(rfc3339: text).map { (.zero, $0) }
    }
    guard let (seconds, wall) = time else { throw line.error("lacks its time, \"at\": \(expected)") }
    if events.isEmpty, let wall {
      first = wall
      isRelative = false
    }
    guard isRelative == (wall == nil) else {
      throw line.error("\"at\" is a time here and seconds elsewhere; write all of them alike")
    }
    let span = wall.flatMap { wall in first.map { wall.since($0) } } ?? seconds
    guard span <= Self.longest, span >= .zero else {
      throw line.error("\"at\" is outside the year that a recording may last, counted from its first line")
    }
    let start = first ?? WallTime(milliseconds: 0)
    return Moment(boot: 1, uptime: span, wall: start.advanced(by: span), isWallTrusted: true)
  }

  private static func span(ofSeconds text: String) -> Span? {
    Decimal(withExponent: text).flatMap { $0.isNegative ? nil : Span(text: "\($0)s") }
  }

  /// Meters it.
  public func metered(by head: RecordingHead? = nil) -> TrialResult {
    let channels = events.reduce(into: [ChannelID]()) { list, event in
      guard case .reading(let reading) = event, !list.contains(reading.channel) else { return }
      // That a device went away is no reading of a channel it does not have.
      if case .rejected(.offline) = reading.value { return }
      list.append(reading.channel)
    }
    let head = head ?? self.head
    var trial = Trial(meters: channels.compactMap(head.meter))
    for event in events { trial.take(event) }
    trial.finish()
    return TrialResult(facts: trial.facts, names: names, open: open, isRelative: isRelative)
  }
}
