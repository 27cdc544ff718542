import ArgumentParser
import Configuration
import Contract
import Foundation
import JSON
import Jobs
import Ledger
import Measures

struct LedgerShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "What stands of all drafts: what billing compares its own books with.")
  @OptionGroup var options: ConfigurationOption
  @Flag(help: "The message that would be published now.") var json = false

  func run() throws {
    let configuration = try ConfigurationFile.require(options.config)
    let now = WallTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    guard let ledger = try StoredShop.ledger(directory: configuration.gateway.stateDirectory, at: now) else {
      throw Complaint(.refused, "the state directory holds no configuration yet; start the daemon first")
    }
    if json { return print(String(decoding: ledger.bytes, as: UTF8.self)) }
    let drafts = ledger.drafts
    print(
      Terminal.table(
        ["series", "sequences", "drafts that stand", "sum", "audit head"],
        [
          [
            ledger.series,
            drafts.lastSequence == 0 ? "none yet" : "\(drafts.firstSequence) to \(drafts.lastSequence)",
            "\(drafts.count)", "\(drafts.text) \(drafts.currency)", ledger.auditHead,
          ]
        ]))
  }
}
