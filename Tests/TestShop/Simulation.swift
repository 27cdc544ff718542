import Costing
import Jobs
import Measures
import Metering

/// A shop's life by chance: commands and nonsense, machines and scales, acknowledgments, reboots, reloads.
///
/// The same seed gives the same life and the same trace hash, in every process.
public struct Simulation {
  public private(set) var floor: Shopfloor
  /// What must never happen and did; empty after a good life.
  public private(set) var faults: [String] = []
  var random: SeededGenerator
  private var trace = TraceHash()
  private var skew = Span.zero
  private var seenDrafts = 0
  private var seenEffects = 0
  /// Records as they were when billing accepted them.
  private var accepted: [String: DraftRecord] = [:]
  private let versions: [Rules]

  public var traceHash: UInt64 { trace.value }
  public var draftCount: Int { floor.drafts.count }

  public init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    versions = Self.versions()
    floor = Shopfloor(versions[0])
    floor.states = ["printer-1": .idle, "mill-1": .idle]
    floor.weights = ["spool-1": 900_000, "hopper-1": 20_000_000]
    floor.counters = ["printer-1": 0]
  }

  private static func versions() -> [Rules] {
    func small(_ version: RulesVersion, _ change: (inout Rules) -> Void) -> Rules {
      .sample(version) { rules in
        for place: WorkCenterID in ["printer-2", "saw-1", "shelf"] { rules.workCenters[place] = nil }
        rules.workCenters["mill-1"]?.runEnds = .idleFor(.minutes(5))
        change(&rules)
      }
    }
    return [
      small("v1") { _ in },
      small("v2") { rules in
        rules.draftDelay = .seconds(20)
        rules.completion = CompletionRules(
          checks: ["photo": CloseoutCheck(name: "Photo")],
          outcomes: [
            "warranty": JobOutcome(id: "warranty", lines: []),
            "diagnosis": JobOutcome(id: "diagnosis", lines: [.labor], requires: [.check("photo")]),
          ], runCompletesPart: true, sources: ["erp"])
        rules.priceList.materials["exotic"]?.price = Price(Decimal(3), per: .kilogram)
        rules.priceList.labor["post-processing"] = nil
      },
      small("v3") { rules in
        rules.requiresSynchronizedClock = true
        rules.completion = CompletionRules(
          requires: [.labor], runCompletesPart: true, lastPartCompletesJob: false)
        rules.priceList.machines["mk4"]?.item.price = nil
      },
    ]
  }

  public mutating func step() {
    switch random.int(0...99) {
    case 0..<55: floor.send(RandomCommands.next(&random, in: floor.shop))
    case 55..<85: letTimePass()
    case 85..<92: answer()
    case 92..<95:
      floor.press(
        random.pick(["andon-1", "andon-2", "loose"], or: "loose"),
        random.pick(ButtonAction.allCases, or: .toggle))
    case 95: floor.configure(random.pick(versions, or: versions[0]))
    case 96: floor.reboot(after: .seconds(random.int(1...900)), isWallTrusted: random.chance(70))
    default: faultyClock()
    }
    floor.beginDay()
    look()
  }

  private mutating func letTimePass() {
    let device = random.pick(["printer-1", "mill-1", "spool-1", "hopper-1"] as [DeviceID], or: "printer-1")
    if random.chance(40) { floor.states[device]? = random.pick(MachineState.allCases, or: .idle) }
    if random.chance(60) { floor.weights[device]? -= random.int(0...3_000) }
    if random.chance(5) {
      floor.weights[device] = random.pick([0, 900_000, Mass.limit.base, -Mass.limit.base, 450_000], or: 0)
    }
    if random.chance(50) { floor.counters[device]? += random.int(0...50_000) }
    floor.now = floor.now.advanced(by: .milliseconds(random.int(200...(random.chance(10) ? 900_000 : 4_000))))
    floor.observe(only: random.chance(25) ? nil : device)
    if random.chance(50) {
      floor.now = floor.now.advanced(by: .seconds(2))
      floor.observe(only: device)
    }
  }

  /// The wall clock jumps, and is right again at the next turn.
  private mutating func faultyClock() {
    let now = floor.now
    let shift = skew == .zero ? random.pick([Span.hours(-24), .hours(-1), .hours(1)], or: .zero) : .zero
    floor.now = Moment(
      boot: now.boot, uptime: now.uptime, wall: now.wall.advanced(by: shift - skew),
      isWallTrusted: shift == .zero && random.chance(80))
    skew = shift
  }

  private mutating func answer() {
    guard let draft = floor.drafts.randomElement(using: &random) else { return }
    if random.chance(30) {
      let word = random.pick(["created", "sent", "paid", "void", "nonsense"], or: "paid")
      let seen = floor.now.wall.advanced(by: .minutes(random.int(-30...0)))
      let status = BillingStatus(
        draft: draft.id, state: word, event: "e\(random.int(0...20))", observedAt: seen)
      floor.apply(.billingStatus(status, at: floor.now))
      return
    }
    let answer = random.chance(70) ? Acknowledgment.accepted(reference: "B") : .rejected(reason: nil)
    let revision = random.chance(90) ? draft.revision : Int(random.int(0...9))
    floor.apply(.acknowledged(draft.id, revision: revision, answer, at: floor.now))
  }

  // MARK: What must hold

  private mutating func look() {
    for draft in floor.drafts[seenDrafts...] {
      let expected = seenDrafts == 0 ? 1 : floor.drafts[seenDrafts - 1].sequence + 1
      if draft.sequence != expected { faults.append("sequence \(draft.sequence), expected \(expected)") }
      seenDrafts += 1
      checkForm(of: draft)
      trace.add(
        "\(draft.id) \(draft.revision) \(draft.kind.rawValue) \(draft.totals.payable.base) \(draft.emittedAt)"
      )
      for line in draft.lines {
        trace.add("\(line.name) \(line.quantity) \(line.netAmount.base) \(line.quality.rawValue)")
      }
    }
    for effect in floor.effects[seenEffects...] { trace.add(Self.text(of: effect)) }
    seenEffects = floor.effects.count
  }

  /// EN 16931: a line (BR-16) and a tax (BR-CO-18) at least, but for a revision that only takes its draft back; and
  /// totals that are the sums of what they stand under (BR-CO-10, 14, 15).
  private mutating func checkForm(of draft: InvoiceDraft) {
    let totals = draft.totals
    let net = draft.lines.reduce(Money.zero) { $0 + $1.netAmount }
    let taxable = draft.taxes.reduce(Money.zero) { $0 + $1.taxable }
    let tax = draft.taxes.reduce(Money.zero) { $0 + $1.tax }
    if totals.linesNet != net || taxable != net || totals.tax != tax || totals.taxInclusive != net + tax {
      faults.append("draft \(draft.id) revision \(draft.revision) does not add up")
    }
    let taken = draft.content.installments.reduce(Money.zero) { $0 + $1.amount }
    if totals.prepaid != taken || totals.payable != totals.taxInclusive - totals.prepaid - totals.retainage
      || totals.payable < .zero
    {
      faults.append("draft \(draft.id) revision \(draft.revision) is not what is left to pay")
    }
    let shares = draft.records.values
    if shares.reduce(.zero, { $0 + $1.payable }) != totals.payable
      || shares.reduce(.zero, { $0 + $1.taxInclusive }) != totals.taxInclusive
      || shares.contains(where: { $0.payable < .zero })
    {
      faults.append("the jobs of draft \(draft.id) revision \(draft.revision) do not add up to it")
    }
    if draft.lines.isEmpty, draft.revision == 1 { faults.append("draft \(draft.id) has no line") }
    if draft.lines.isEmpty != draft.taxes.isEmpty { faults.append("draft \(draft.id) has no tax") }
  }

  /// Everything that holds at any time; thorough, so not after every single step.
  public mutating func audit() {
    let shop = floor.shop
    faults += floor.faults
    for id in shop.runs.ids {
      guard let run = shop.runs[id] else { continue }
      for job in run.work.jobs {
        let listed = shop.jobs[job]?.runs.filter { $0 == id }.count ?? 0
        if listed != 1 { faults.append("run \(id) is listed \(listed) times by job \(job)") }
      }
      let isUnderWay = shop.workCenters[run.workCenter]?.run == id
      if isUnderWay != (run.endedAt == nil) { faults.append("run \(id) is lost at \(run.workCenter)") }
    }
    for id in shop.jobs.ids {
      guard let job = shop.jobs[id] else { continue }
      for run in job.runs where !(shop.runs[run]?.work.jobs.contains(id) ?? false) {
        faults.append("job \(id) lists run \(run) of another")
      }
      let standing = job.drafts.filter {
        $0.kind == .invoice && $0.state != .superseded && $0.state != .credited
      }
      if standing.count > 1 { faults.append("job \(id) has \(standing.count) standing drafts") }
      for record in job.drafts { check(record, of: id) }
      checkInstallments(of: job)
      checkBatch(of: job)
    }
    checkUsages()
  }

  /// The standing invoice takes each deposit and draw off once, and no more than it was.
  private mutating func checkInstallments(of job: Job) {
    if !job.requests.isEmpty, job.production == .canceled, !job.draftsIfCanceled {
      faults.append("job \(job.id) is canceled, and still asks for a draft")
    }
    for applied in job.standingDraft?.applied ?? [] {
      let of = job.drafts.filter { $0.id == applied.draft && $0.revision == applied.revision }
      if of.count != 1 || of[0].taxInclusive < applied.amount || !of[0].kind.isInstallment {
        faults.append("job \(job.id) takes off draft \(applied.draft), which does not bill that")
      }
    }
    if Set(job.standingDraft?.applied.map(\.draft) ?? []).count != job.standingDraft?.applied.count ?? 0 {
      faults.append("job \(job.id) takes a draft off twice")
    }
  }

  /// What was nobody's is in one place: on one job, written off, or still nobody's.
  private mutating func checkUsages() {
    var places: [UsageID: Int] = [:]
    for id in floor.shop.jobs.ids {
      for entry in floor.shop.jobs[id]?.entries ?? [] where entry.voided == nil {
        if case .usage(let usage, _) = entry.content { places[usage, default: 0] += 1 }
      }
    }
    for id in floor.shop.usages.ids {
      let isAssigned = if case .assigned = floor.shop.usages[id]?.decision { true } else { false }
      if places[id, default: 0] != (isAssigned ? 1 : 0) {
        faults.append("usage \(id) is on \(places[id, default: 0]) jobs, and assigned: \(isAssigned)")
      }
    }
  }

  /// What waits for a batch is complete, and out nowhere.
  private mutating func checkBatch(of job: Job) {
    guard job.batch != nil else { return }
    if !job.isClosed || job.standingDraft != nil || (job.holds.isEmpty && job.billing == .held) {
      faults.append("job \(job.id) waits for a batch, \(job.production.rawValue), \(job.billing.rawValue)")
    }
  }

  private mutating func check(_ record: DraftRecord, of job: JobID) {
    let key = "\(record.id)/\(record.revision) of \(job)"
    if let before = accepted[key] {
      if record.state != .accepted, record.state != .credited {
        faults.append("\(key) was accepted and is \(record.state.rawValue)")
      }
      if record.payable != before.payable || record.taxes != before.taxes
        || record.sequence != before.sequence
      {
        faults.append("\(key) changed after it was accepted")
      }
    } else if record.state == .accepted {
      accepted[key] = record
    }
  }

  private static func text(of effect: Effect) -> String {
    switch effect {
    case .replied(let receipt):
      "ok \(receipt.job?.text ?? "") \(receipt.run?.text ?? "") \(receipt.entry?.text ?? "") \(receipt.message ?? "")"
    case .refused(let refusal): "\(refusal.code.rawValue) \(refusal.message)"
    case .charge(let channel, let account, let at): "charge \(channel) \(account.run?.text ?? "") \(at)"
    case .settle(let channel, let run, let at): "settle \(channel) \(run) \(at)"
    case .answered(let place, let action): "answered \(place) \(action.message)"
    case .usage(let id): "usage \(id)"
    case .raised(let id): "raised \(id)"
    case .resend(let id, let revision): "resend \(id) \(revision)"
    case .superseded(let id, let revision): "superseded \(id) \(revision)"
    case .again(let id, let revision): "again \(id) \(revision)"
    case .ledger: "ledger"
    }
  }
}

/// Lives one life of so many steps and gives its trace hash; throws what went wrong.
public func simulate(seed: UInt64, steps: Int = 500, auditEvery period: Int = 50) throws(SimulationFault)
  -> UInt64
{
  var life = Simulation(seed: seed)
  for step in 1...max(1, steps) {
    life.step()
    if step % period == 0 || step == steps { life.audit() }
    if let fault = life.faults.first { throw SimulationFault(seed: seed, step: step, fault: fault) }
  }
  let again = life.floor.foldedAgain()
  guard again.books == life.floor.books, again.drafts == life.floor.drafts else {
    throw SimulationFault(seed: seed, step: steps, fault: "the journal folds to another shop")
  }
  return life.traceHash
}

public struct SimulationFault: Error, CustomStringConvertible {
  public let seed: UInt64
  public let step: Int
  public let fault: String
  public var description: String { "seed \(seed), step \(step): \(fault)" }
}
