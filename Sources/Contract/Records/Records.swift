internal import Jobs
internal import Measures
internal import Metering

// The shapes of journal rows, version 1. Their names are in every database out there: never change one.

struct FoundedRecord: Codable {
  let series: String
  let at: Moment
  var event: Event { .founded(series: series, at: at) }
}

struct ConfigurationRecord: Codable {
  let rules: Rules
  let at: Moment
  var event: Event { .configured(rules, at: at) }
}

struct CommandRecord: Codable {
  let command: Command
  let by: ActorID
  let at: Moment
  var event: Event { .command(command, by: by, at: at) }
}

struct PressRecord: Codable {
  let device: DeviceID
  let action: ButtonAction
  let at: Moment
  var event: Event { .pressed(device, action, at: at) }
}

struct TaskRecord: Codable {
  let workCenter: WorkCenterID
  let name: TaskName
  let at: Moment
  var event: Event { .tasked(workCenter, name, at: at) }
}

struct MachineStateRecord: Codable {
  let channel: ChannelID
  let from: MachineState
  let to: MachineState
  let at: Moment
  var event: Event { .fact(.changed(channel, from: from, to: to, at: at)) }
}

struct LoadRecord: Codable {
  let channel: ChannelID
  let by: Mass
  let at: Moment
  var event: Event { .fact(.loaded(channel, by: by, at: at)) }
}

struct SettledRecord: Codable {
  let channel: ChannelID
  let run: RunID
  let at: Moment
  var event: Event { .fact(.settled(channel, run: run, at: at)) }
}

struct DeadlineRecord: Codable {
  let at: Moment
  var event: Event { .deadline(at: at) }
}

struct DayRecord: Codable {
  let day: Day
  let at: Moment
  var event: Event { .dayBegan(day, at: at) }
}

struct AckRecord: Codable {
  enum Outcome: String, Codable { case accepted, rejected }

  let draft: DraftID
  let revision: Int
  let result: Outcome
  let reference: String?
  let reason: String?
  let at: Moment

  init(draft: DraftID, revision: Int, _ answer: Acknowledgment, at: Moment) {
    self.draft = draft
    self.revision = revision
    self.at = at
    switch answer {
    case .accepted(let given): (result, reference, reason) = (.accepted, given, nil)
    case .rejected(let given): (result, reference, reason) = (.rejected, nil, given)
    }
  }

  var event: Event {
    let answer: Acknowledgment =
      result == .accepted ? .accepted(reference: reference) : .rejected(reason: reason)
    return .acknowledged(draft, revision: revision, answer, at: at)
  }
}

struct StatusRecord: Codable {
  let draft: DraftID
  let revision: Int?
  let state: String
  let event_id: String
  let observed_at: WallTime
  let at: Moment

  init(_ status: BillingStatus, at: Moment) {
    draft = status.draft
    revision = status.revision
    state = status.state
    event_id = status.event
    observed_at = status.observedAt
    self.at = at
  }

  var event: Event {
    .billingStatus(
      BillingStatus(
        draft: draft, revision: revision, state: state, event: event_id, observedAt: observed_at), at: at)
  }
}
