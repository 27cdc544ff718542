import ArgumentParser
import Configuration
import Contract
import Foundation
import JSON
import Jobs
import Journal
import Ledger
import Measures

struct DraftList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "All drafts: whose, of what kind, how much, and what became of them.")
  @OptionGroup var options: ConfigurationOption
  @Flag(help: "As JSON.") var json = false

  func run() throws {
    let configuration = try ConfigurationFile.require(options.config)
    let (shop, drafts) = try StoredShop.records(directory: configuration.gateway.stateDirectory)
    if json {
      print(
        JSONValue.array(drafts.map { StatePayloads.draft($0.record, of: $0.job, shop: shop) }).compactText)
      return
    }
    // Several jobs of one draft stand beside each other.
    var rows: [[String]] = []
    for shares in Dictionary(grouping: drafts, by: \.record.sequence).sorted(by: { $0.key < $1.key }) {
      rows.append(Self.row(shares.value, in: shop))
    }
    print(
      Terminal.table(
        ["draft", "sequence", "job", "customer", "kind", "amount", "state", "reference or reason"], rows))
  }

  /// One draft, which each of its jobs has a share of.
  private static func row(_ all: [(job: Job, record: DraftRecord)], in shop: Shop) -> [String] {
    // A job that was taken off it has a share without lines.
    let billed = all.filter { $0.record.kind == .credit || !$0.record.lines.isEmpty }
    let shares = billed.isEmpty ? all : billed
    guard let (job, draft) = shares.first else { return [] }
    let payable = shares.reduce(Money.zero) { $0 + $1.record.payable }
    let taken = draft.kind == .credit ? draft.supersedes.map { "of \($0)" } : nil
    let more = shares.count > 3 ? " and \(shares.count - 3) more" : ""
    return [
      "\(draft.id) r\(draft.revision)", "\(draft.sequence)",
      shares.prefix(3).map(\.job.id.text).joined(separator: ", ") + more,
      job.customer.name ?? job.customer.ref.text,
      [draft.kind.rawValue, taken].compactMap { $0 }.joined(separator: " "),
      shop.currency(of: job).map { "\(payable.text(in: $0)) \($0)" } ?? "",
      standing(of: shares.map(\.record)),
      draft.reference ?? draft.reason ?? "",
    ]
  }

  /// A void invoice whose place another took is kept as `credited`; no credit was written for it.
  private static func standing(of shares: [DraftRecord]) -> String {
    let credited = shares.count { $0.state == .credited && $0.payment != .void }
    guard let draft = shares.first(where: { $0.state != .credited }) ?? shares.first else { return "" }
    let rest = 0 < credited && credited < shares.count ? "; \(credited) of \(shares.count) jobs credited" : ""
    return standing(of: draft) + rest
  }

  private static func standing(of draft: DraftRecord) -> String {
    if draft.payment == .void { return "void" }
    return [draft.state.rawValue, draft.payment?.rawValue].compactMap { $0 }.joined(separator: ", ")
  }
}

struct DraftShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "One draft as a person would read it, or as the bytes that were sent.")
  @OptionGroup var options: ConfigurationOption
  @Argument(help: "The draft's id.") var draft: String
  @Option(parsing: .unconditional, help: "A revision; without, the one that billing took, or the newest.")
  var revision: Int64?
  @Flag(help: "The bytes that were sent.") var json = false

  func run() throws {
    let configuration = try ConfigurationFile.require(options.config)
    let drafts = try StoredShop.drafts(directory: configuration.gateway.stateDirectory)
    let own = drafts.filter { $0.draftID == draft && (revision == nil || $0.revision == revision) }
    let found = own.last { $0.state != .superseded } ?? own.last
    guard let row = found else {
      let name = revision.map { "\(draft) revision \($0)" } ?? draft
      throw Complaint(.refused, "there is no draft \(name); see: chargehand draft list")
    }
    if json {
      // To the byte, so that what is piped has the hash that was sent.
      FileHandle.standardOutput.write(Data(row.body))
      if isatty(STDOUT_FILENO) == 1 { print() }
    } else {
      // What is only to be looked at shows even where the states cannot be read.
      let shop = try? StoredShop.read(directory: configuration.gateway.stateDirectory)
      let canceled = shop?.jobs.rows.values.filter { $0.production == .canceled }.map(\.id.text) ?? []
      print(InvoiceText.render(try DraftDocument.read(row.body), canceled: Set(canceled)))
    }
  }
}
