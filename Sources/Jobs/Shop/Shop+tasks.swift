internal import Measures
internal import Metering

// Jobs that start with their machine: its own task names them, and nobody has to press anything.
extension Shop {
  /// A name that comes so soon after the machine began is that of what it began: some tell the name of the last task
  /// first.
  static let taskGrace = Span.seconds(30)

  mutating func task(
    _ place: WorkCenterID, _ name: TaskName, at moment: Moment, effects: inout [Effect]
  ) {
    guard let center = workCenters[place], center.task != name else { return }
    workCenters[place]?.task = name
    guard let began = center.busySince, moment.since(began).map({ $0 <= Self.taskGrace }) ?? false else {
      return
    }
    if let run = center.run {
      correct(run, at: place, to: name, moment)
    } else {
      startTask(at: place, moment, &effects)
    }
  }

  /// The machine began to work, seen live: the job that its task names begins with it.
  mutating func noteBusy(at place: WorkCenterID, _ moment: Moment, _ effects: inout [Effect]) {
    workCenters[place]?.busySince = moment
    startTask(at: place, moment, &effects)
  }

  private mutating func startTask(at place: WorkCenterID, _ moment: Moment, _ effects: inout [Effect]) {
    guard let center = workCenters[place], center.run == nil, let name = center.task, let job = name.job,
      let actor = Self.machine(place)
    else { return }
    // Nobody waits for a reply: what came of it is the work center's last action.
    var outcome: [Effect] = []
    execute(.jobStart(workCenter: place, job: job, part: name.part), by: actor, at: moment, effects: &outcome)
    effects += outcome.filter { effect in
      switch effect {
      case .replied, .refused: false
      default: true
      }
    }
  }

  /// The run that the machine itself has just begun is moved to the job that its name means now.
  private mutating func correct(
    _ id: RunID, at place: WorkCenterID, to name: TaskName, _ moment: Moment
  ) {
    guard let run = runs[id], run.startedBy == Self.machine(place), let job = name.job, job != run.job else {
      return
    }
    do throws(Refusal) {
      _ = try reassign(id, to: job, part: name.part)
      note("run \(id) is of job \(job), as its task \(name.text) says", at: place, nil, moment)
    } catch {
      note(error.message, at: place, error.code, moment)
    }
  }

  private mutating func note(
    _ message: String, at place: WorkCenterID, _ code: RefusalCode?, _ moment: Moment
  ) {
    workCenters[place]?.lastAction = LastAction(
      at: moment, action: "start", ok: code == nil, code: code, message: message)
  }

  /// By whose hand a machine starts its jobs.
  private static func machine(_ place: WorkCenterID) -> ActorID? { ActorID(bounded: "machine.\(place)") }
}
