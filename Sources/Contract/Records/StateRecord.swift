internal import JSON
public import Jobs
internal import Measures
public import Metering

/// One row of the state that start-up loads: a kind and an id a person can read, and deterministic bytes.
public struct StateRecord: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case job, run, usage, load, alarm, rules, counters, meter
    case workCenter = "work_center"
  }

  public let kind: Kind
  public let id: String
  /// `nil`: the row is gone.
  public let bytes: [UInt8]?

  public init(kind: Kind, id: String, bytes: [UInt8]?) {
    self.kind = kind
    self.id = id
    self.bytes = bytes
  }

  /// A meter's checkpoint, under its channel: `scale-2/weight`.
  public init(_ meter: Meter) throws(ContractError) {
    self.init(kind: .meter, id: meter.channel.description, bytes: try RecordCoder.encode(meter, as: "meter"))
  }

  /// A meter's checkpoint read back.
  public func meter() throws(ContractError) -> Meter { try value(Meter.self) }

  func value<Value: Decodable>(_ type: Value.Type) throws(ContractError) -> Value {
    let what = "the state row \(kind.rawValue) \(id)"
    guard let bytes else { throw ContractError("\(what) has no bytes") }
    return try RecordCoder.decode(type, from: bytes, as: what)
  }

  func name<Kind>() throws(ContractError) -> Identifier<Kind> {
    guard let name = Identifier<Kind>(id) else {
      throw ContractError("the state row \(kind.rawValue) \(Text.quoted(id)) has no id that can be read")
    }
    return name
  }
}

extension Shop {
  /// The rows to store after a batch: what was touched since the last call, and the shop's counters.
  public mutating func takeStateRecords() throws(ContractError) -> [StateRecord] {
    let touched = takeTouched()
    return try Self.records(.job, touched.jobs, jobs) + Self.records(.run, touched.runs, runs)
      + Self.records(.workCenter, touched.workCenters, workCenters)
      + Self.records(.usage, touched.usages, usages) + Self.records(.load, touched.loads, loads)
      + Self.records(.alarm, touched.alarms, alarms) + Self.records(.rules, touched.rules, rules)
      + [StateRecord(kind: .counters, id: "shop", bytes: RecordCoder.encode(counters, as: "counters"))]
  }

  /// The whole shop as rows, sorted: the same shop gives the same bytes. What `verify` compares.
  public func allStateRecords() throws(ContractError) -> [StateRecord] {
    try Self.records(.job, jobs.ids, jobs) + Self.records(.run, runs.ids, runs)
      + Self.records(.workCenter, workCenters.ids, workCenters)
      + Self.records(.usage, usages.ids, usages) + Self.records(.load, loads.ids, loads)
      + Self.records(.alarm, alarms.ids, alarms) + Self.records(.rules, rules.ids, rules)
      + [StateRecord(kind: .counters, id: "shop", bytes: RecordCoder.encode(counters, as: "counters"))]
  }

  private static func records<Kind, Row: Encodable>(
    _ kind: StateRecord.Kind, _ ids: [Identifier<Kind>], _ rows: Table<Identifier<Kind>, Row>
  ) throws(ContractError) -> [StateRecord] {
    var records: [StateRecord] = []
    for id in ids {
      var bytes: [UInt8]?
      if let row = rows[id] { bytes = try RecordCoder.encode(row, as: "\(kind.rawValue) \(id)") }
      records.append(StateRecord(kind: kind, id: id.text, bytes: bytes))
    }
    return records
  }

  /// The shop as its rows say, in any order; rows of meters are passed over.
  /// - Throws: `ContractError` naming the first row that cannot be read: an unknown shape is refused, not
  ///   guessed at.
  public init(records: some Sequence<StateRecord>) throws(ContractError) {
    var jobs: [JobID: Job] = [:]
    var runs: [RunID: Run] = [:]
    var workCenters: [WorkCenterID: WorkCenter] = [:]
    var usages: [UsageID: Usage] = [:]
    var loads: [DeviceID: Load] = [:]
    var alarms: [AlarmID: Alarm] = [:]
    var rules: [RulesVersion: Rules] = [:]
    var counters = Counters()
    for record in records where record.bytes != nil {
      switch record.kind {
      case .job: jobs[try record.name()] = try record.value(Job.self)
      case .run: runs[try record.name()] = try record.value(Run.self)
      case .workCenter: workCenters[try record.name()] = try record.value(WorkCenter.self)
      case .usage: usages[try record.name()] = try record.value(Usage.self)
      case .load: loads[try record.name()] = try record.value(Load.self)
      case .alarm: alarms[try record.name()] = try record.value(Alarm.self)
      case .rules: rules[try record.name()] = try record.value(Rules.self)
      case .counters: counters = try record.value(Counters.self)
      case .meter: break
      }
    }
    self.init(
      jobs: jobs, runs: runs, workCenters: workCenters, usages: usages, loads: loads, alarms: alarms,
      rules: rules,
      counters: counters)
  }
}
