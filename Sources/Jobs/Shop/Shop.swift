public import Measures
public import Metering

/// The shop: its jobs, runs and tallies, and every rule of how events change them.
///
/// Pure: `apply` reads no clock and does no I/O; the same events give the same shop, byte for byte.
public struct Shop: Hashable, Sendable {
  public internal(set) var jobs: Table<JobID, Job>
  public internal(set) var runs: Table<RunID, Run>
  public internal(set) var workCenters: Table<WorkCenterID, WorkCenter>
  public internal(set) var usages: Table<UsageID, Usage>
  public internal(set) var loads: Table<DeviceID, Load>
  public internal(set) var alarms: Table<AlarmID, Alarm>
  /// Every configuration version that a run or an entry refers to.
  public internal(set) var rules: Table<RulesVersion, Rules>
  public internal(set) var counters: Counters
  /// Which jobs a draft, and which job an entry, belongs to: found without a search.
  var jobsOfDraft: Shelves<DraftID, [JobID]>
  var jobOfEntry: Shelves<EntryID, JobID>
  /// Jobs that are complete and have no draft yet.
  public internal(set) var undrafted: Set<JobID>
  /// Jobs for which a draft was asked for that is not made yet.
  var requested: Set<JobID>
  /// Jobs that are costed and wait for a draft together with others of their customer.
  var awaitingBatch: Set<JobID>
  /// Jobs that work can still be put on: found without a search through years of closed ones.
  public internal(set) var openJobs: Set<JobID>
  /// Which work center a channel or a button belongs to, by the rules in force.
  var wiring: Wiring

  /// The few numbers of the whole shop.
  public struct Counters: Hashable, Sendable, Codable {
    public var series = ""
    public var inForce: RulesVersion?
    public var runs: Int64 = 0
    public var entries: Int64 = 0
    public var usages: Int64 = 0
    public var drafts: Int64 = 0
    /// The sequence of the newest revision sent: gapless.
    public var sequence: Int64 = 0
    /// The newest wall time an event carried: a clock before it is plainly wrong.
    public var newestWall = WallTime(milliseconds: 0)
    /// The newest day that began in the shop's time zone.
    public var today: Day?

    public init() {}
  }

  public init(
    jobs: [JobID: Job] = [:], runs: [RunID: Run] = [:], workCenters: [WorkCenterID: WorkCenter] = [:],
    usages: [UsageID: Usage] = [:], loads: [DeviceID: Load] = [:], alarms: [AlarmID: Alarm] = [:],
    rules: [RulesVersion: Rules] = [:], counters: Counters = Counters()
  ) {
    self.jobs = Table(jobs)
    self.runs = Table(runs)
    self.workCenters = Table(workCenters)
    self.usages = Table(usages)
    self.loads = Table(loads)
    self.alarms = Table(alarms)
    self.rules = Table(rules)
    self.counters = counters
    var draftOwners: [DraftID: [JobID]] = [:]
    var entryOwners: [EntryID: JobID] = [:]
    undrafted = []
    requested = []
    awaitingBatch = []
    openJobs = []
    wiring = Wiring(counters.inForce.flatMap { rules[$0] })
    for (id, job) in jobs {
      if !job.isClosed { openJobs.insert(id) }
      if !job.requests.isEmpty { requested.insert(id) }
      if job.batch != nil { awaitingBatch.insert(id) }
      for draft in Set(job.drafts.map(\.id)) { draftOwners[draft, default: []].append(id) }
      for entry in job.entries { entryOwners[entry.id] = id }
      if job.billing == .settling || job.billing == .held { undrafted.insert(id) }
    }
    jobsOfDraft = Shelves(draftOwners.mapValues { $0.sorted() })
    jobOfEntry = Shelves(entryOwners)
  }

  /// The rules in force; a shop is configured before anything else happens to it.
  public var currentRules: Rules? { counters.inForce.flatMap { rules[$0] } }

  /// One, but for a batch.
  public func jobs(ofDraft draft: DraftID) -> [Job] { (jobsOfDraft[draft] ?? []).compactMap { jobs[$0] } }

  /// Applies one event and says what to do about it. Total: whatever comes, it neither throws nor traps.
  public mutating func apply(_ event: Event) -> [Effect] {
    var effects: [Effect] = []
    switch event {
    case .founded(let series, _):
      if Self.isValid(series: series) { counters.series = series }
    case .configured(let rules, let at): configure(rules, at: at, effects: &effects)
    case .command(let command, let actor, let at): execute(command, by: actor, at: at, effects: &effects)
    case .pressed(let device, let action, let at): press(device, action, at: at, effects: &effects)
    case .fact(let fact): take(fact, effects: &effects)
    case .tasked(let place, let name, let at): task(place, name, at: at, effects: &effects)
    case .deadline(let at): passDeadlines(at: at, effects: &effects)
    case .acknowledged(let draft, let revision, let acknowledgment, let at):
      acknowledge(draft, revision: revision, acknowledgment, at: at, effects: &effects)
    case .billingStatus(let status, let at): report(status, at: at, effects: &effects)
    case .dayBegan(let day, _):
      begin(day: day)
      effects.append(.ledger)
    }
    if event.at.isWallTrusted { counters.newestWall = max(counters.newestWall, event.at.wall) }
    return effects
  }

  private mutating func configure(_ new: Rules, at moment: Moment, effects: inout [Effect]) {
    if rules[new.version] == nil { rules[new.version] = new }
    counters.inForce = new.version
    wiring = Wiring(currentRules)
    for id in new.workCenters.keys.sorted() where workCenters[id] == nil { workCenters[id] = WorkCenter() }
  }

  // MARK: Ids

  /// A draft's id has at most 20 of `A-Z0-9-`; its number takes six, and more in a long life.
  public static func isValid(series: String) -> Bool {
    (1...10).contains(series.utf8.count)
      && series.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) }
  }

  mutating func nextID<Kind>(_ prefix: String, _ counter: WritableKeyPath<Counters, Int64>) -> Identifier<
    Kind
  > {
    counters[keyPath: counter] += 1
    let number = counters[keyPath: counter]
    // A prefix and a number are always a valid id.
    guard let id = Identifier<Kind>("\(prefix)\(number)") else {
      preconditionFailure("\(prefix) is no id prefix")
    }
    return id
  }
}
