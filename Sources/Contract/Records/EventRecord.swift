internal import JSON
public import Jobs
internal import Measures
internal import Metering

/// Events as the journal keeps them: a kind a person can read, a version, and deterministic bytes.
///
/// Rows are never migrated: what version 1 wrote is read for ever. A change of shape is a new version
/// beside it.
public enum EventRecord {
  public static let version = 1

  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case founded, configuration, command, press, task, deadline, day
    case segment, stretch, load, settled
    case machineState = "machine_state"
    case billingAck = "billing_ack"
    case billingStatus = "billing_status"
  }

  /// - Throws: never for an event that came about by itself; the coder's error otherwise.
  public static func encode(_ event: Event) throws(ContractError) -> (
    kind: Kind, version: Int, bytes: [UInt8]
  ) {
    let (kind, record): (Kind, any Encodable) =
      switch event {
      case .founded(let series, let at): (.founded, FoundedRecord(series: series, at: at))
      case .configured(let rules, let at): (.configuration, ConfigurationRecord(rules: rules, at: at))
      case .command(let command, let actor, let at):
        (.command, CommandRecord(command: command, by: actor, at: at))
      case .pressed(let device, let action, let at):
        (.press, PressRecord(device: device, action: action, at: at))
      case .tasked(let place, let name, let at):
        (.task, TaskRecord(workCenter: place, name: name, at: at))
      case .fact(.segment(let segment)): (.segment, segment)
      case .fact(.stretch(let stretch)): (.stretch, stretch)
      case .fact(.changed(let channel, let from, let to, let at)):
        (.machineState, MachineStateRecord(channel: channel, from: from, to: to, at: at))
      case .fact(.loaded(let channel, let mass, let at)):
        (.load, LoadRecord(channel: channel, by: mass, at: at))
      case .fact(.settled(let channel, let run, let at)):
        (.settled, SettledRecord(channel: channel, run: run, at: at))
      case .deadline(let at): (.deadline, DeadlineRecord(at: at))
      case .acknowledged(let draft, let revision, let answer, let at):
        (.billingAck, AckRecord(draft: draft, revision: revision, answer, at: at))
      case .billingStatus(let status, let at): (.billingStatus, StatusRecord(status, at: at))
      case .dayBegan(let day, let at): (.day, DayRecord(day: day, at: at))
      }
    return (kind, version, try RecordCoder.encode(record, as: kind.rawValue))
  }

  /// - Throws: `ContractError` for a kind or version this program does not know, and for bytes that do not
  ///   fit.
  public static func decode(kind: String, version: Int, bytes: [UInt8]) throws(ContractError) -> Event {
    guard let known = Kind(rawValue: kind), version == Self.version else {
      throw ContractError(
        "a journal row of kind \(Text.quoted(kind)), version \(version), is not known to this program")
    }
    func record<Record: Decodable>(_ type: Record.Type) throws(ContractError) -> Record {
      try RecordCoder.decode(type, from: bytes, as: "the journal row of kind \(kind)")
    }
    switch known {
    case .founded: return try record(FoundedRecord.self).event
    case .configuration: return try record(ConfigurationRecord.self).event
    case .command: return try record(CommandRecord.self).event
    case .press: return try record(PressRecord.self).event
    case .task: return try record(TaskRecord.self).event
    case .segment: return .fact(.segment(try record(Segment.self)))
    case .stretch: return .fact(.stretch(try record(Stretch.self)))
    case .machineState: return try record(MachineStateRecord.self).event
    case .load: return try record(LoadRecord.self).event
    case .settled: return try record(SettledRecord.self).event
    case .deadline: return try record(DeadlineRecord.self).event
    case .billingAck: return try record(AckRecord.self).event
    case .billingStatus: return try record(StatusRecord.self).event
    case .day: return try record(DayRecord.self).event
    }
  }

  /// What the journal files an event under, so that all facts of a run are found again: `run/R12`,
  /// `channel/scale-2/weight`, `job/J-7`, `draft/K7Q2ZP-000001`; empty where it is nobody's in particular.
  public static func subject(of event: Event) -> String {
    switch event {
    case .founded, .configured, .deadline, .dayBegan: ""
    case .pressed(let device, _, _): "device/\(device)"
    case .tasked(let place, _, _): "work-center/\(place)"
    case .fact(let fact): fact.run.map { "run/\($0)" } ?? "channel/\(fact.channel)"
    case .acknowledged(let draft, _, _, _): "draft/\(draft)"
    case .billingStatus(let status, _): "draft/\(status.draft)"
    case .command(let command, _, _): command.subject
    }
  }
}

extension Command {
  fileprivate var subject: String {
    switch self {
    case .jobCreate(let order): "job/\(order.job)"
    case .jobStart(let place, let job, _): job.map { "job/\($0)" } ?? "work-center/\(place)"
    case .plateStart(let place, _), .jobPause(let place), .jobResume(let place), .jobStop(let place, _),
      .jobComplete(.workCenter(let place), _, _):
      "work-center/\(place)"
    case .jobComplete(.job(let job), _, _), .jobCheck(let job, _, _), .jobAmend(let job, _, _, _),
      .jobCancel(let job, _, _),
      .jobReopen(let job, _),
      .laborStart(let job, _, _),
      .laborStop(let job, _, _), .laborRecord(let job, _, _, _), .materialRecord(let job, _, _, _, _),
      .materialWeigh(let job, _, _), .serviceAdd(let job, _, _), .holdSettle(let job, _, _, _),
      .jobEstimate(let job, _), .bill(_, let job, _):
      "job/\(job)"
    case .jobReassign(let run, _, _, _): "run/\(run)"
    case .materialLoad(let scale, _, _): "device/\(scale)"
    case .entryVoid(let entry, _): "entry/\(entry)"
    case .usageAssign(let usage, _, _), .usageWriteOff(let usage, _): "usage/\(usage)"
    case .draftResend(let draft, _), .draftRevise(let draft, _): "draft/\(draft)"
    case .batch(let customer, _): "customer/\(customer)"
    case .draftsResend, .ledgerPublish: ""
    }
  }
}
