import Configuration
import Costing
import Jobs
import Measures
import Metering
import TestShop

/// A shop that does what an example says. A machine for each machine price, with a scale and an energy meter, which say
/// exactly what the example says that they did.
struct ExampleShop {
  private var books = Books()
  private(set) var drafts: [InvoiceDraft] = []
  private var now = Moment(boot: 1, uptime: .seconds(100), wall: Shopfloor.start, isWallTrusted: true)
  private var job: JobID = "J"
  private let given: [String]
  private let rules: Rules

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  init(_ example: Example) throws {
    given = example.given
    rules = try Self.rules(given)
    apply(.founded(series: "K7Q2ZP", at: now))
    apply(.configured(rules, at: now))
    try create()
    for line in example.work { try perform(line) }
    if books.shop.jobs[job]?.isClosed == false, !example.work.contains("unfinished") {
      try send(.jobComplete(.job(job)))
    }
    guard books.shop.jobs[job]?.holds.isEmpty ?? false else {
      throw Failure(description: books.shop.jobs[job]?.holds.map { "\($0.id): \($0.message)" }.joined() ?? "")
    }
  }

  private static func rules(_ given: [String]) throws -> Rules {
    var text = """
      version: 1
      mqtt: {broker: "mqtt://127.0.0.1:1883"}

      """
    var currency = "USD"
    for line in given where !line.hasPrefix("job:") {
      if line.hasPrefix("currency:") {
        currency = String(line.dropFirst("currency:".count).drop { $0 == " " })
      } else {
        text += (line == "prices:" ? "price_list:" : line) + "\n"
      }
    }
    text += "gateway: {id: shop, name: Shop, timezone: UTC, currency: \(currency), state_directory: /tmp}\n"
    let environment = ConfigurationEnvironment(
      credentialsDirectory: nil, configurationDirectory: "/", profileDirectories: [])
    switch Configuration.read(
      Array(text.utf8), file: "example", environment: environment, digest: { _ in "v1" })
    {
    case .failure(let errors):
      throw Failure(description: errors.mistakes.map(\.description).joined(separator: "\n"))
    case .success(let configuration):
      var rules = configuration.rules
      for rate in rules.priceList.machines.keys {
        let (place, device) = (WorkCenterID(stringLiteral: rate.text), DeviceID(stringLiteral: rate.text))
        rules.workCenters[place] = WorkCenterRules(
          runState: ChannelID(device, .runState), scales: [ChannelID(device, .weight)],
          energy: ChannelID(device, .energy), machineRate: rate, onGap: .bill)
      }
      return rules
    }
  }

  /// `job: markup 10%, po 4711, part lid, part box`
  private mutating func create() throws {
    var order = JobOrder(job: job, customer: "acme", customerName: "Acme")
    let words = given.first { $0.hasPrefix("job:") }?.dropFirst("job:".count).split(separator: ",") ?? []
    for word in words {
      let pair = word.split(separator: " ", maxSplits: 1).map(String.init)
      switch (pair.first, pair.last) {
      case ("markup", let percent?): order.markup = markup(percent)
      case ("po", let number?): order.poNumber = number
      case ("title", let title?): order.title = title
      case ("part", let part?): order.parts.append(JobOrder.PartOrder(part: PartID(stringLiteral: part)))
      default: throw Failure(description: "a job has no \(word)")
      }
    }
    try send(.jobCreate(order))
  }

  /// `20%`, `labor 20%`
  private func markup(_ text: String) -> Percentages {
    let words = text.split(separator: " ").map(String.init)
    let percent = decimal(String((words.last ?? "").dropLast()))
    guard words.count == 2, let kind = LineKind(rawValue: words[0]) else { return Percentages(percent) }
    return Percentages([kind: percent])
  }

  // MARK: What happens

  private mutating func perform(_ line: String) throws {
    let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
    let subject = parts[0]
    let what = parts.count > 1 ? parts[1].split(separator: ",").map { String($0.drop { $0 == " " }) } : []
    if let rate = RateID(subject), rules.priceList.machines[rate] != nil {
      return try run(at: WorkCenterID(stringLiteral: subject), what)
    }
    switch subject {
    case "unfinished": break
    case "service":
      try send(
        .serviceAdd(job: job, service: .listed(ServiceID(stringLiteral: what[0])), quantity: count(what)))
    case "extra":
      // Shipping, 12.50, exempt
      try send(
        .serviceAdd(
          job: job,
          service: .free(name: what[0], price: decimal(what[1]), tax: TaxID(stringLiteral: what[2])),
          quantity: .one))
    case "noted":
      for word in what {
        let (amount, material) = try amount(word)
        try send(
          .materialRecord(
            job: job, part: nil, material: MaterialID(stringLiteral: material), mass: grams(amount), note: nil
          ))
      }
    case "settled":
      // price.material.exotic, 24.90/kg
      let means: HoldSettlement = what[1] == "accepted" ? .accept : .price(price(what[1]))
      if books.shop.jobs[job]?.isClosed == false { try send(.jobComplete(.job(job))) }
      try send(
        .holdSettle(job: job, hold: HoldID(stringLiteral: what[0]), settlement: means, reason: "as agreed"))
    case "estimated": try send(.jobEstimate(job: job, items: what.map(estimated)))
    case "deposit": try send(.bill(.deposit, job: job, share(what[0])))
    case "progress": try send(.bill(.progress, job: job, share(what[0])))
    case "released": try send(.bill(.retainageRelease, job: job, share(what[0])))
    case "canceled, not billed": try send(.jobCancel(job: job, reason: "as it was", bill: false))
    case "canceled": try send(.jobCancel(job: job, reason: "as it was", bill: true))
    case "reopened": try send(.jobReopen(job: job, reason: "forgotten"))
    case "next job":
      if books.shop.jobs[job]?.isClosed == false { try send(.jobComplete(.job(job))) }
      job = JobID(stringLiteral: "J\(books.shop.jobs.ids.count + 1)")
      try create()
    case "batch":
      if books.shop.jobs[job]?.isClosed == false { try send(.jobComplete(.job(job))) }
      try send(.batch(customer: "acme", jobs: nil))
    case let said where said.hasPrefix("completed as "):
      let outcome = JobOutcomeID(stringLiteral: String(said.dropFirst("completed as ".count)))
      try send(.jobComplete(.job(job), outcome: outcome))
    case "completed": try send(.jobComplete(.job(job)))
    default:
      // ann: 45 min of post-processing
      let (minutes, activity) = try amount(what[0])
      guard let span = decimal(minutes).multiplied(by: Decimal(60_000))?.int64 else { return }
      try send(
        .laborRecord(
          job: job, operator: OperatorID(stringLiteral: subject),
          activity: ActivityID(stringLiteral: activity),
          span: .milliseconds(span)))
    }
  }

  /// `100 g of pla`, `60 min at mk4`, `30 min of post-processing`, `2 × design`.
  private func estimated(_ text: String) throws -> Estimate.Item {
    let words = text.split(separator: " ").map(String.init)
    if words.count == 3, words[1] == "×" {
      return Estimate.Item(.service(.listed(ServiceID(stringLiteral: words[2])), quantity: decimal(words[0])))
    }
    guard words.count == 4 else { throw Failure(description: "what is \(text)?") }
    let minutes = Span.milliseconds(decimal(words[0]).multiplied(by: Decimal(60_000))?.int64 ?? 0)
    switch (words[1], words[2]) {
    case ("g", "of"): return Estimate.Item(.material(MaterialID(stringLiteral: words[3]), grams(words[0])))
    case ("min", "at"): return Estimate.Item(.machine(WorkCenterID(stringLiteral: words[3]), minutes))
    case ("min", "of"): return Estimate.Item(.labor(ActivityID(stringLiteral: words[3]), minutes))
    default: throw Failure(description: "what is \(text)?")
    }
  }

  private func share(_ text: String) -> BillRequest.Share {
    if text == "all" { return .all }
    if text.hasPrefix("phase ") { return .phase(String(text.dropFirst(6)), percent: .zero) }
    return text.hasSuffix(" %") ? .percent(decimal(String(text.dropLast(2)))) : .amount(decimal(text))
  }

  private func count(_ words: [String]) -> Decimal {
    words.first { $0.hasPrefix("×") }.map { decimal(String($0.dropFirst().drop { $0 == " " })) } ?? .one
  }

  /// `45 min of post-processing`, `12.5 g of pla`.
  private func amount(_ text: String) throws -> (amount: String, of: String) {
    let words = text.split(separator: " ").map(String.init)
    guard words.count == 4, words[2] == "of" else { throw Failure(description: "what is \(text)?") }
    return (words[0], words[3])
  }

  /// `72 min, 123.4 g of pla, 0.5 kWh, failed`
  private mutating func run(at place: WorkCenterID, _ what: [String]) throws {
    if let plate = what.first(where: { $0.hasPrefix("plate ") }) {
      try send(.plateStart(workCenter: place, shares(plate)))
    } else {
      try startPart(at: place, what)
    }
    guard var run = books.shop.workCenters[place]?.run else { return }
    let device = DeviceID(stringLiteral: place.text)
    var start = now
    var outcome = Outcome.done
    for word in what where !word.hasPrefix("part ") && !word.hasPrefix("plate ") {
      let words = word.split(separator: " ").map(String.init)
      switch (words.first, words.dropFirst().first) {
      case (let minutes?, "min"):
        let span = Span.milliseconds(decimal(minutes).multiplied(by: Decimal(60_000))?.int64 ?? 0)
        now = now.advanced(by: span)
        apply(
          .fact(
            .stretch(
              Stretch(
                channel: ChannelID(device, .runState), account: Account(run: run), state: .running,
                from: start,
                to: now, span: span))))
      case (let mass?, "g"):
        let account = Account(run: run, material: words.count > 3 ? MaterialID(stringLiteral: words[3]) : nil)
        segment(ChannelID(device, .weight), account, from: start, grams(mass).base)
      case (let energy?, "kWh"):
        let base = decimal(energy).multiplied(by: Decimal(1_000_000))?.int64 ?? 0
        segment(ChannelID(device, .energy), Account(run: run), from: start, base)
      case ("paused"?, nil):
        try send(.jobPause(workCenter: place))
        try send(.jobResume(workCenter: place))
        run = books.shop.workCenters[place]?.run ?? run
        start = now
      case ("failed"?, nil): outcome = .failed
      case ("canceled"?, nil): outcome = .canceled
      default: throw Failure(description: "what is \(word)?")
      }
    }
    try send(.jobStop(workCenter: place, outcome: outcome))
  }

  private mutating func startPart(at place: WorkCenterID, _ what: [String]) throws {
    let part = what.first { $0.hasPrefix("part ") }.map { PartID(stringLiteral: String($0.dropFirst(5))) }
    try send(.jobStart(workCenter: place, job: job, part: part))
  }

  /// `plate lid 2 box 1`
  private func shares(_ text: String) -> [PlateShare] {
    let words = text.split(separator: " ").dropFirst().map(String.init)
    return stride(from: 0, to: words.count - 1, by: 2).map { index in
      PlateShare(
        job: job, part: PartID(stringLiteral: words[index]),
        weight: decimal(words[index + 1]).multiplied(by: Decimal(1_000_000))?.int64 ?? 1)
    }
  }

  private mutating func segment(_ channel: ChannelID, _ account: Account, from start: Moment, _ amount: Int64)
  {
    apply(
      .fact(
        .segment(
          Segment(
            channel: channel, account: account, from: start, to: now, first: amount, last: 0, amount: amount))
      ))
  }

  // MARK: The core

  private mutating func send(_ command: Command) throws {
    for case .refused(let refusal) in apply(.command(command, by: "ann", at: now)) {
      throw Failure(description: refusal.message)
    }
    now = now.advanced(by: .seconds(60))
    while books.isDue(at: now) { apply(.deadline(at: now)) }
  }

  /// Every meter settles at once, and billing accepts at once.
  @discardableResult
  private mutating func apply(_ event: Event) -> [Effect] {
    var effects: [Effect] = []
    for outcome in books.apply(event) {
      switch outcome {
      case .draft(let draft):
        drafts.append(draft)
        apply(.acknowledged(draft.id, revision: draft.revision, .accepted(reference: nil), at: now))
      case .effect(let effect):
        effects.append(effect)
        if case .settle(let channel, let run, let at) = effect {
          apply(.fact(.settled(channel, run: run, at: at)))
        }
      }
    }
    return effects
  }
}
