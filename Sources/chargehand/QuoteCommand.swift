import ArgumentParser
import Configuration
import Contract
import Costing
import Foundation
import JSON
import Jobs
import Journal
import Ledger
import Measures
import Metering

/// Costs an estimate by the rules that drafts are made by, and holds it beside what was used.
struct QuoteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quote", abstract: "What work would cost; or what a job was estimated to cost, and does.",
    discussion: """
      chargehand quote --customer acme --material pla-black=120g --time printer-1=4.5h --labor post-processing=30min
      costs an estimate by the price list. With a JOB it is for that job's customer and markup, and --save keeps it as the
      job's estimate, of which deposits and draws are taken. A JOB alone shows its estimate beside what it has used so far.
      """)
  @OptionGroup var options: ConfigurationOption
  @Argument(help: "A job.") var job: String?
  @Option(
    help: ArgumentHelp(
      "Material: what it is, how much, and for which part.", valueName: "MATERIAL=120g[@PART]"))
  var material: [String] = []
  @Option(help: ArgumentHelp("Machine time.", valueName: "WORK-CENTER=4.5h[@PART]")) var time: [String] = []
  @Option(help: ArgumentHelp("Energy.", valueName: "WORK-CENTER=0.5kWh")) var energy: [String] = []
  @Option(help: ArgumentHelp("Labor.", valueName: "ACTIVITY=30min")) var labor: [String] = []
  @Option(help: ArgumentHelp("A service.", valueName: "SERVICE[=2]")) var service: [String] = []
  @Option(help: ArgumentHelp("A line of its own.", valueName: "NAME=PRICE=TAX")) var extra: [String] = []
  @Option(help: "Whose markup is taken, where there is no job.") var customer: String?
  @Option(help: ArgumentHelp("Percent of markup, where there is no job.", valueName: "15")) var markup:
    String?
  @Flag(help: "Keep it as the job's estimate.") var save = false
  /// All that takes a list: given several times it is what it is for.
  static let repeatable: Set<String> = [
    "--material", "--time", "--energy", "--labor", "--service", "--extra",
  ]

  @Flag(help: "As JSON.") var json = false

  func run() throws {
    let configuration = try ConfigurationFile.require(options.config)
    let given = try QuoteItems(self)
    let items = given.items
    do throws(Refusal) {
      for item in items { try configuration.rules.check(item) }
    } catch {
      throw Complaint(.refused, error.message)
    }
    guard let job else {
      guard !items.isEmpty else {
        throw Complaint(
          .usage, "say what the work would need, such as --material pla-black=120g, or name a job")
      }
      if save { throw Complaint(.usage, "--save needs a job to keep the estimate for") }
      return try show(items, for: stranger(configuration.rules), configuration.rules)
    }
    let shop = try StoredShop.read(directory: configuration.gateway.stateDirectory)
    guard let id = JobID(job), let found = shop.jobs[id] else {
      throw Complaint(.refused, "there is no job \(job)")
    }
    if customer != nil || markup != nil {
      throw Complaint(.usage, "job \(job) has its own customer and markup; leave --customer and --markup out")
    }
    if items.isEmpty { return try compare(found, shop) }
    for part in items.compactMap(\.part) where !found.parts.contains(where: { $0.id == part }) {
      let known = found.parts.map(\.id.text).joined(separator: ", ")
      throw Complaint(
        .refused, "job \(id) has no part \(part)\(known.isEmpty ? "" : "; it has: \(known)")")
    }
    try show(items, for: found, configuration.rules)
    if save { try keep(given.json, for: found) }
  }

  private func show(_ items: [Estimate.Item], for job: Job, _ rules: Rules) throws {
    guard let by = ActorID("quote"),
      let quote = Quote(
        Estimate(items, rules: rules.version, by: by, at: job.createdAt), for: job, rules: rules)
    else { throw Complaint(.refused, "an amount is too large to compute") }
    print(json ? QuoteDocument.value(of: quote).compactText : QuoteText.table(quote))
    for problem in quote.problems { Terminal.complain("not in it: \(problem.message)") }
    if !quote.problems.isEmpty { throw Complaint(.refused) }
  }

  private func compare(_ job: Job, _ shop: Shop) throws {
    guard let variance = Variance(of: job, in: shop) else {
      throw Complaint(
        .refused, "job \(job.id) has no estimate; give one: chargehand quote \(job.id) --material … --save")
    }
    print(json ? QuoteText.json(variance).compactText : QuoteText.table(variance))
    for problem in variance.problems { Terminal.complain("not in it: \(problem.message)") }
  }

  /// Nobody's job: of a customer of the configuration, or of one without a markup of its own.
  private func stranger(_ rules: Rules) throws -> Job {
    var of = CustomerID("nobody").map { Customer(ref: $0) }
    if let customer {
      of = CustomerID(customer).flatMap { rules.customers[$0] }
    }
    guard let of else {
      let known = rules.customers.keys.sorted().map(\.text).joined(separator: ", ")
      throw Complaint(.usage, "there is no customer \(customer ?? ""); there are: \(known)")
    }
    var percent: Measures.Decimal?
    if let markup {
      // As `job create` takes it.
      guard let read = Measures.Decimal(markup.hasSuffix("%") ? String(markup.dropLast()) : markup),
        Measures.Decimal(-100) <= read, read <= Measures.Decimal(1000), read.scale <= 6
      else {
        throw Complaint(.usage, "--markup is percent, from -100 to 1000, up to 6 decimals, found \(markup)")
      }
      percent = read
    }
    let now = Moment(
      boot: 0, uptime: .zero, wall: WallTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)),
      isWallTrusted: false)
    return Job(quotedFor: of, markup: percent.map { Percentages($0) }, rules: rules.version, at: now)
  }

  private func keep(_ list: JSONValue, for job: Job) throws {
    guard let verb = CommandVerb.named("job.estimate") else { return }
    var invocation = VerbInvocation(
      verb, [job.id.text, "--items", list.compactText, "--config", options.config] + (json ? ["--json"] : []))
    try invocation.run()
  }
}
