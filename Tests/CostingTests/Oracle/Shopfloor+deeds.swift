import Costing
import Jobs
import Measures
import Metering
import TestShop

// Meters that say exactly what a deed says: no noise, no gap.
extension Shopfloor {
  /// A shop whose meters are played by the deeds.
  static func played(_ rules: Rules) -> Shopfloor {
    var floor = Shopfloor(rules)
    floor.meters = [:]
    return floor
  }

  /// What was refused of it.
  mutating func perform(_ deed: Deed) -> [String] {
    switch deed {
    case .run(let run): perform(run)
    case .timer(let job, let person, let activity, let span):
      time(job, person, activity, span)
    case .weighing(let job, let part, let material, let mass):
      told(weighing(job, part, material, .before, Self.full))
        + told(weighing(job, part, material, .after, Self.full - mass))
    case .mistake(let job):
      performAndVoid(.laborRecord(job: job, operator: "bo", activity: "finish", span: .minutes(61)))
    default: deed.entry.map { told($0) } ?? []
    }
  }

  private mutating func time(
    _ job: JobID, _ person: OperatorID, _ activity: ActivityID, _ span: Span
  ) -> [String] {
    let refused = told(.laborStart(job: job, operator: person, activity: activity))
    now = now.advanced(by: span)
    return refused + told(.laborStop(job: job, operator: person, activity: activity))
  }

  /// What is on the bench scale before anything is used.
  private static let full = Mass(milligrams: 5_000_000)

  private func weighing(
    _ job: JobID, _ part: PartID?, _ material: MaterialID, _ step: WeighingOrder.Step, _ mass: Mass
  ) -> Command {
    let order = WeighingOrder(part: part, material: material, scale: "bench", step: step)
    return .materialWeigh(job: job, order, says: .level(mass))
  }

  /// An entry is made, and voided at once.
  mutating func performAndVoid(_ entry: Command) -> [String] {
    let made = send(entry)
    guard let id = made.receipt?.entry else { return [made.message] }
    return told(.entryVoid(entry: id, reason: "a slip"))
  }

  /// Sends it, and gives what was refused.
  mutating func told(_ command: Command) -> [String] {
    if case .failure(let refusal) = send(command) { return ["\(command): \(refusal.message)"] }
    return []
  }

  /// Settles what holds a job, one by one in any order: a price where one is missing, else it is accepted.
  mutating func settleHolds(
    of job: JobID, prices: [String: Price], _ random: inout SeededGenerator
  ) -> [String] {
    for _ in 0..<9 {
      guard let hold = self.job(job)?.holds.randomElement(using: &random) else { return [] }
      let settlement = prices[hold.id.text].map(HoldSettlement.price) ?? .accept
      let refused = told(.holdSettle(job: job, hold: hold.id, settlement: settlement, reason: "as agreed"))
      if !refused.isEmpty { return refused }
    }
    return ["\(job) is still held by \(self.job(job)?.holds.map(\.id) ?? [])"]
  }

  private mutating func perform(_ run: RunDeed) -> [String] {
    var refused: [String] = []
    refused += start(run)
    for (index, slice) in run.slices.enumerated() {
      if index > 0 {
        switch run.seams[index - 1] {
        case .segment: break
        case .pause:
          refused += told(.jobPause(workCenter: run.place))
          settle(run)
          refused += told(.jobResume(workCenter: run.place))
        case .stop:
          refused += told(.jobStop(workCenter: run.place, outcome: run.outcome))
          settle(run)
          refused += start(run)
        }
      }
      work(slice, at: run.place)
    }
    refused += told(.jobStop(workCenter: run.place, outcome: run.outcome))
    settle(run)
    return refused
  }

  private mutating func start(_ run: RunDeed) -> [String] {
    run.shares.count > 1
      ? told(.plateStart(workCenter: run.place, run.shares))
      : told(.jobStart(workCenter: run.place, job: run.shares[0].job, part: run.shares[0].part))
  }

  private mutating func work(_ slice: RunDeed.Slice, at place: WorkCenterID) {
    let start = now
    now = now.advanced(by: slice.span)
    guard let run = shop.workCenters[place]?.run, let rules = shop.currentRules?.workCenters[place],
      let runState = rules.runState
    else { return }
    apply(
      .fact(
        .stretch(
          Stretch(
            channel: runState, account: Account(run: run), state: .running, from: start, to: now,
            span: slice.span))))
    for (material, mass) in slice.materials.sorted(by: { $0.key < $1.key }) {
      for scale in rules.scales { use(mass, on: scale, Account(run: run, material: material), from: start) }
    }
    if slice.energy > 0, let energy = rules.energy {
      use(slice.energy, on: energy, Account(run: run), from: start)
    }
  }

  private mutating func use(_ amount: Int64, on channel: ChannelID, _ account: Account, from start: Moment) {
    apply(
      .fact(
        .segment(
          Segment(
            channel: channel, account: account, from: start, to: now, first: amount, last: 0, amount: amount))
      ))
  }

  /// Every meter has its last word at once.
  private mutating func settle(_ run: RunDeed) {
    for ended in runs(of: run.shares[0].job) {
      for channel in ended.awaiting { apply(.fact(.settled(channel, run: ended.id, at: now))) }
    }
  }
}

extension Deed {
  /// What makes it, where it is an entry that stands.
  var entry: Command? {
    switch self {
    case .run, .mistake, .timer, .weighing: nil
    case .labor(let job, let person, let activity, let span):
      .laborRecord(job: job, operator: person, activity: activity, span: span)
    case .material(let job, let part, let material, let mass):
      .materialRecord(job: job, part: part, material: material, mass: mass, note: nil)
    case .service(let job, let service, let quantity):
      .serviceAdd(job: job, service: service, quantity: quantity)
    }
  }
}
