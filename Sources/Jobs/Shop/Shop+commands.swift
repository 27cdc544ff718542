internal import Measures
internal import Metering

extension Shop {
  /// Carries out one command, or refuses it and changes nothing but the work center's last action.
  mutating func execute(_ command: Command, by actor: ActorID, at moment: Moment, effects: inout [Effect]) {
    let before = self
    var wanted: [Effect] = []
    do throws(Refusal) {
      let receipt = try perform(command, by: actor, at: moment, effects: &wanted)
      effects.append(.replied(receipt))
      effects += wanted
      noteAction(command, at: moment, refusal: nil, message: receipt.message)
    } catch {
      self = before
      effects.append(.refused(error))
      noteAction(command, at: moment, refusal: error, message: nil)
    }
  }

  private mutating func perform(
    _ command: Command, by actor: ActorID, at moment: Moment, effects: inout [Effect]
  ) throws(Refusal) -> Receipt {
    guard let rules = currentRules else { throw Refusal(.unavailable, "no configuration is in force yet") }
    let context = CommandContext(rules: rules, actor: actor, at: moment)
    switch command {
    case .jobCreate(let order): return try create(order, context)
    case .jobStart(let workCenter, let job, let part):
      return try start(at: workCenter, job: job, part: part, context, &effects)
    case .plateStart(let workCenter, let plate): return try start(at: workCenter, plate, context, &effects)
    case .jobPause(let workCenter): return try pause(at: workCenter, context, &effects)
    case .jobResume(let workCenter): return try resume(at: workCenter, context, &effects)
    case .jobStop(let workCenter, let outcome): return try stop(at: workCenter, outcome, context, &effects)
    case .jobComplete(let target, let outcome, let event):
      return try complete(target, Closing(outcome: outcome, event: event), context, &effects)
    case .jobAmend(let job, let title, let orderRef, let poNumber):
      return try amend(job, title: title, orderRef: orderRef, poNumber: poNumber)
    case .jobCheck(let job, let check, let reference): return try tick(job, check, reference, context)
    case .jobCancel(let job, let reason, let bill):
      return try cancel(job, bill: bill, reason: reason, context, &effects)
    case .jobReopen(let job, let reason): return try reopen(job, reason: reason, context)
    case .jobReassign(let run, let job, let part, _): return try reassign(run, to: job, part: part)
    case .laborStart(let job, let person, let activity):
      return try startLabor(job, person, activity, context)
    case .laborStop(let job, let person, let activity): return try stopLabor(job, person, activity, context)
    case .laborRecord(let job, let person, let activity, let span):
      return try recordLabor(job, person, activity, span, context)
    case .materialLoad(let scale, let material, let lot):
      return try load(scale, material, lot: lot, context, &effects)
    case .materialRecord(let job, let part, let material, let mass, let note):
      return try recordMaterial(job, part, material, mass, note: note, context)
    case .materialWeigh(let job, let order, let says): return try weigh(job, order, says ?? .unknown, context)
    case .serviceAdd(let job, let service, let quantity):
      return try addService(job, service, quantity, context)
    case .entryVoid(let entry, let reason): return try void(entry, reason: reason)
    case .usageAssign(let usage, let job, let part): return try assign(usage, to: job, part: part, context)
    case .usageWriteOff(let usage, let reason): return try writeOff(usage, reason: reason, context)
    case .holdSettle(let job, let hold, let settlement, let reason):
      return try settle(job, hold, settlement, reason: reason, context)
    case .draftResend(let draft, _): return try resend(draft, &effects)
    case .draftsResend(let sequence, _): return try resend(from: sequence, &effects)
    case .draftRevise(let draft, let reason): return try revise(draft, reason: reason, context)
    case .jobEstimate(let job, let items): return try estimate(job, items, context)
    case .bill(let kind, let job, let share): return try bill(kind, job, share, context)
    case .batch(let customer, let jobs): return try batch(customer, jobs, context)
    case .ledgerPublish: return publishLedger(context, &effects)
    }
  }

  /// What was asked for at a work center is shown there, whether it was done or not.
  private mutating func noteAction(_ command: Command, at moment: Moment, refusal: Refusal?, message: String?)
  {
    guard let (workCenter, action) = command.place, workCenters[workCenter] != nil else { return }
    workCenters[workCenter]?.lastAction = LastAction(
      at: moment, action: action, ok: refusal == nil, code: refusal?.code,
      message: refusal?.message ?? message ?? "done")
  }

  mutating func press(
    _ device: DeviceID, _ action: ButtonAction, at moment: Moment, effects: inout [Effect]
  ) {
    guard let place = wiring.placeOfButton[device], let actor = ActorID(bounded: "button.\(device)") else {
      return
    }
    let command = command(for: action, at: place)
    var outcome: [Effect] = []
    execute(command, by: actor, at: moment, effects: &outcome)
    // Nobody waits for a reply to a press: the answer is the work center's last action.
    effects += outcome.filter { effect in
      switch effect {
      case .replied, .refused: false
      default: true
      }
    }
    if let last = workCenters[place]?.lastAction { effects.append(.answered(place, last)) }
  }

  private func command(for action: ButtonAction, at place: WorkCenterID) -> Command {
    switch action {
    case .start: .jobStart(workCenter: place, job: nil, part: nil)
    case .pause: .jobPause(workCenter: place)
    case .resume: .jobResume(workCenter: place)
    case .stop: .jobStop(workCenter: place, outcome: .done)
    case .complete: .jobComplete(.workCenter(place))
    case .toggle:
      if workCenters[place]?.run != nil {
        .jobPause(workCenter: place)
      } else if workCenters[place]?.paused != nil {
        .jobResume(workCenter: place)
      } else {
        .jobStart(workCenter: place, job: nil, part: nil)
      }
    }
  }
}

/// What every command is judged by.
struct CommandContext {
  let rules: Rules
  let actor: ActorID
  let at: Moment
}

extension Command {
  /// The work center it is about, if any, and the word for it there.
  var place: (WorkCenterID, String)? {
    switch self {
    case .jobStart(let place, _, _), .plateStart(let place, _): (place, "start")
    case .jobPause(let place): (place, "pause")
    case .jobResume(let place): (place, "resume")
    case .jobStop(let place, _): (place, "stop")
    case .jobComplete(.workCenter(let place), _, _): (place, "complete")
    default: nil
    }
  }
}
