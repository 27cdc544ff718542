import ArgumentParser
import Configuration
import Contract
import Foundation
import Jobs
import Journal
import JSON
import Ledger
import Measures
import Metering

/// The shop as its state directory holds it: works with the daemon running or stopped.
private func storedShop(_ options: ConfigurationOption) throws -> Shop {
  let configuration = try ConfigurationFile.require(options.config)
  return try StoredShop.read(directory: configuration.gateway.stateDirectory)
}

struct JobList: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "All jobs.")
  @OptionGroup var options: ConfigurationOption
  @Flag(help: "As JSON.") var json = false

  func run() throws {
    let shop = try storedShop(options)
    let jobs = shop.jobs.ids.compactMap { shop.jobs[$0] }
    if json {
      let values = try jobs.map { try JSONScanner.parse(StatePayloads.job($0, shop: shop), limits: .trusted) }
      print(JSONValue.array(values).compactText)
      return
    }
    let rows = jobs.map { job in
      [
        job.id.text, job.customer.name ?? job.customer.ref.text, job.production.rawValue,
        job.billing.rawValue,
        job.standingDraft.map { "\($0.id) r\($0.revision)" } ?? "",
        job.holds.isEmpty ? waits(of: job, in: shop) : "\(job.holds.count) to settle",
      ]
    }
    print(Terminal.table(["job", "customer", "production", "billing", "draft", "waits for"], rows))
  }

  private func waits(of job: Job, in shop: Shop) -> String {
    if let rule = job.customer.batch, job.batch != nil { return "\(job.customer.ref)'s batch, \(rule.words)" }
    return shop.waits(of: job).map { wait in
      switch wait {
      case .reading(let channel, let until): "\(channel) until \(until.wall)"
      case .grace(let until): "draft_delay until \(until.wall)"
      case .answer(let draft): "billing's answer to \(draft)"
      case .companions(let jobs): "\(jobs.map(\.text).joined(separator: ", ")) on the same draft"
      }
    }.joined(separator: ", ")
  }
}

struct JobShow: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "show", abstract: "One job, whole, as JSON.")
  @OptionGroup var options: ConfigurationOption
  @Argument(help: "The job's id.") var job: String

  func run() throws {
    let shop = try storedShop(options)
    guard let id = JobID(job), let found = shop.jobs[id] else {
      throw Complaint(.refused, "there is no job \(job); see: chargehand job list")
    }
    print(try JSONScanner.parse(StatePayloads.job(found, shop: shop), limits: .trusted).prettyText())
  }
}

struct HoldList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "What must be settled, and how.")
  @OptionGroup var options: ConfigurationOption
  @Flag(help: "As JSON.") var json = false

  func run() throws {
    let shop = try storedShop(options)
    let held = shop.jobs.ids.compactMap { shop.jobs[$0] }.filter { !$0.holds.isEmpty }
    if json {
      print(JSONValue.array(held.flatMap(StatePayloads.holds)).compactText)
      return
    }
    for job in held {
      for hold in job.holds {
        print("\(Terminal.styled(job.id.text, .bold))  \(hold.id)  \(hold.message)")
        let means = hold.settleWith.map { "--\($0.rawValue)" }.joined(separator: " or ")
        if !means.isEmpty {
          print("    chargehand hold settle --job \(job.id) --hold \(hold.id) --reason '…' \(means) …")
        }
      }
    }
    if held.isEmpty { print("nothing is held") }
  }
}

struct UsageList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "What ran or was used with no job open.")
  @OptionGroup var options: ConfigurationOption
  @Flag(help: "As JSON.") var json = false
  @Flag(help: "Also what was assigned or written off.") var all = false

  func run() throws {
    let shop = try storedShop(options)
    let listed = shop.usages.ids.compactMap { shop.usages[$0] }.filter { all || $0.decision == nil }
    if json {
      let usages = try listed.map { usage in
        try JSONScanner.parse(StatePayloads.usage(usage), limits: .trusted)
      }
      print(JSONValue.array(usages).compactText)
      return
    }
    guard !listed.isEmpty else {
      print(all ? "nothing ran or was used with no job open" : "nothing waits to be assigned or written off")
      return
    }
    let rows = listed.map { usage in
      let quantity =
        switch usage.kind {
        case .material: Mass(base: usage.quantity).description
        case .machineTime: Span(base: usage.quantity).description
        case .energy: Energy(base: usage.quantity).description
        }
      return [
        usage.id.text, usage.workCenter?.text ?? "", usage.device.text, usage.kind.rawValue, quantity,
        usage.from.wall.description, usage.isOpen ? "going on" : usage.to.wall.description,
        decision(on: usage),
      ]
    }
    print(
      Terminal.table(
        ["usage", "work center", "device", "kind", "quantity", "from", "to", "what became of it"], rows))
    guard listed.contains(where: { $0.decision == nil }) else { return }
    print(
      "\nPut one on a job: chargehand usage assign USAGE JOB; or: chargehand usage write-off USAGE --reason …"
    )
  }

  private func decision(on usage: Usage) -> String {
    switch usage.decision {
    case nil: ""
    case .assigned(let job, _): "on job \(job)"
    case .writtenOff(let remark): "written off by \(remark.by): \(remark.reason)"
    }
  }
}
