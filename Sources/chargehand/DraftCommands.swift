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
    let rows = drafts.map { job, draft in
      let currency = shop.rules[job.rules]?.priceList.currency
      let taken = draft.kind == .credit ? draft.supersedes.map { "of \($0)" } : nil
      return [
        "\(draft.id) r\(draft.revision)", "\(draft.sequence)", job.id.text,
        job.customer.name ?? job.customer.ref.text,
        [draft.kind.rawValue, taken].compactMap { $0 }.joined(separator: " "),
        currency.map { "\(draft.payable.text(in: $0)) \($0)" } ?? "",
        Self.standing(of: draft),
        draft.reference ?? draft.reason ?? "",
      ]
    }
    print(
      Terminal.table(
        ["draft", "sequence", "job", "customer", "kind", "amount", "state", "reference or reason"], rows))
  }

  /// A void invoice whose place another took is kept as `credited`; no credit was written for it.
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
  @Option(parsing: .unconditional, help: "A revision; the newest without.") var revision: Int64?
  @Flag(help: "The bytes that were sent.") var json = false

  func run() throws {
    let configuration = try ConfigurationFile.require(options.config)
    let drafts = try StoredShop.drafts(directory: configuration.gateway.stateDirectory)
    let found = drafts.last { $0.draftID == draft && (revision == nil || $0.revision == revision) }
    guard let row = found else {
      let name = revision.map { "\(draft) revision \($0)" } ?? draft
      throw Complaint(.refused, "there is no draft \(name); see: chargehand draft list")
    }
    if json {
      // To the byte, so that what is piped has the hash that was sent.
      FileHandle.standardOutput.write(Data(row.body))
      if isatty(STDOUT_FILENO) == 1 { print() }
    } else {
      print(InvoiceText.render(try DraftDocument.read(row.body)))
    }
  }
}
