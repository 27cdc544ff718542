import ArgumentParser
import Contract
import Foundation
import JSON
import Jobs
import Journal
import ShopSimulator

struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Play a whole shop: from an order to an invoice that billing accepts, in half a minute.",
    discussion: """
      Needs mosquitto, and nothing else: the machines, the operator and the billing service are simulated, but they \
      talk real Modbus and MQTT to a real daemon, on the loopback and in a folder of its own. Exit status: 0 if \
      billing accepted the draft and the journal proves it.
      """)
  @Flag(help: "Keep the folder with the configuration, the state and the logs.") var keep = false
  @Option(
    help: ArgumentHelp(
      "Who bills: simulated, a service of the demo's own; or none, and it waits for yours to accept the draft.",
      discussion: "It says at which port of the loopback its broker listens: docs/billing-service.md.",
      valueName: "who"))
  var billing = DemoBilling.simulated

  func run() async throws {
    let (shop, isPlayed): (SimulatedShop, Bool)
    do {
      isPlayed = billing == .simulated
      shop = try await SimulatedShop(
        digest: { SHA256.hexDigest($0) }, decide: { [isPlayed] _ in isPlayed ? .accept : .silent })
    } catch {
      throw Complaint(.unreachable, "the demo cannot start: \(error)")
    }
    let demo = Demo(shop: shop, keep: keep, billing: billing)
    let interrupts = demo.leaveOnInterrupt()
    defer { for source in interrupts { source.cancel() } }
    do {
      try await demo.play()
    } catch {
      try? await demo.close(removingFolder: false)
      throw Complaint(
        .refused,
        """
        \(Terminal.styled("the demo failed", .red)): \(error)
        the folder is kept: \(shop.folder.path)

        the daemon's last words:
        \(demo.logTail)
        """)
    }
  }
}

/// Who takes the demo's draft.
enum DemoBilling: String, ExpressibleByArgument, CaseIterable {
  case simulated, none
}

/// One performance.
private final class Demo: Sendable {
  let shop: SimulatedShop
  private let keep: Bool
  private let billing: DemoBilling
  private let panel: DemoPanel
  private let gateway = Watched<ChildProgram?>(nil)

  init(shop: SimulatedShop, keep: Bool, billing: DemoBilling) {
    self.shop = shop
    self.keep = keep
    self.billing = billing
    panel = DemoPanel(shop: shop)
  }

  func play() async throws {
    let program = try Self.program()
    let configuration = try shop.writeConfiguration()
    let service = billing == .simulated ? "a billing service" : "no billing service"
    Self.say("A shop with a printer, a mill, two scales, a button, an operator and \(service); sped up so")
    Self.say(
      "that a job takes seconds. The daemon sees it by Modbus TCP, a serial line and MQTT, as anywhere.\n")
    if billing == .none {
      Self.say("Its draft is for yours. Start it beside this; the example, from the folder of the sources:\n")
      Self.say(
        "    examples/billing_service.py 127.0.0.1 \(shop.broker.port) \(SimulatedShop.gateway) drafts\n")
    }
    let started = try shop.startGateway(program, configuration: configuration)
    gateway.change { $0 = started }
    try await panel.client.connected()
    let painter = Task { [panel] in await panel.show() }
    let script = ShopScript(shop: shop, panel: panel.client, isBillingPlayed: billing == .simulated) {
      [panel] in panel.say($0)
    }
    let played: Result<SimulatedBilling.Invoice, any Error>
    do { played = .success(try await script.play()) } catch { played = .failure(error) }
    painter.cancel()
    await painter.value
    panel.close()
    let invoice = try played.get()

    let draft = try DraftDocument.read(invoice.bytes)
    Self.say("\nThe invoice draft as JSON, as it went over MQTT (there without spaces):\n")
    Self.say(JSONValue.object(draft.document).prettyText())
    Self.say("\nThe same as a person reads it:\n")
    Self.say(InvoiceText.render(draft))
    if let line = draft.lines.first(where: { $0.type == "material" && $0.evidence > 0 }) ?? draft.lines.first
    {
      Self.say("Why does \(line.id) cost \(line.netAmount)?  chargehand explain \(draft.id) \(line.id)\n")
      Self.say(try await tool("explain", [draft.id, line.id], program, configuration))
    }
    if !panel.unattributed.isEmpty {
      Self.say("\nNothing runs unbilled: what no job was open for waits to be assigned or written off:")
      for usage in panel.unattributed { Self.say("    \(usage)") }
    }
    try await stop(started)
    Self.say("\nDoes the journal prove all that?  chargehand verify\n")
    Self.say(try await tool("verify", [], program, configuration))
    try check(draft)
    try await close(removingFolder: !keep)
    let folder = keep ? "the state folder is kept: \(shop.folder.path)" : "the state folder is removed"
    let verdict = Terminal.styled("Accepted by billing as \(invoice.number)", .green)
    let paid = billing == .simulated ? ", paid" : ""
    Self.say("\n\(verdict): \(draft.payable) \(draft.currency)\(paid); \(folder).")
  }

  /// What the machines truly did is known here, so the draft can be held against it.
  private func check(_ draft: DraftView) throws {
    let faults = shop.billing.ledger.faults
    guard faults.isEmpty else { throw DemoFailure("billing complains: \(faults.joined(separator: "; "))") }
    let count = shop.billing.ledger.invoices.count
    guard count == (billing == .simulated ? 1 : 0) else {
      throw DemoFailure("the simulated billing service has \(count) invoices")
    }
    guard draft.lines.contains(where: { $0.type == "material" }),
      draft.lines.contains(where: { $0.type == "machine" })
    else { throw DemoFailure("the draft bills no material or no machine time") }
  }

  private func stop(_ program: ChildProgram) async throws {
    program.send(signal: SIGTERM)
    let status = try await program.waitUntilEnded()
    guard status == 0 else { throw DemoFailure("the daemon ended with exit status \(status) after SIGTERM") }
  }

  /// Runs this program with another subcommand to its end.
  /// - Returns: what it printed.
  private func tool(
    _ name: String, _ arguments: [String], _ program: String, _ configuration: String
  ) async throws -> String {
    let child = try ChildProgram(
      [program, name] + arguments + ["--config", configuration], log: shop.folder["\(name).txt"])
    let status = try await child.waitUntilEnded()
    let text = child.log.trimmingCharacters(in: .newlines)
    guard status == 0 else {
      throw DemoFailure("chargehand \(name) ended with exit status \(status):\n\(text)")
    }
    return text
  }

  func close(removingFolder: Bool) async throws {
    if let program = gateway.value { try await program.kill() }
    panel.client.close()
    try await shop.close(removingFolder: removingFolder)
  }

  var logTail: String {
    (gateway.value?.log ?? "").split(separator: "\n").suffix(20).joined(separator: "\n")
  }

  /// Ctrl-C leaves nothing behind: programs end with this one, the folder has to be removed.
  func leaveOnInterrupt() -> [any DispatchSourceSignal] {
    [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { [self] in
        gateway.value?.send(signal: SIGKILL)
        shop.broker.remove()
        if !keep { shop.folder.remove() }
        exit(128 + number)
      }
      source.resume()
      return source
    }
  }

  private static func say(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }

  /// This very program: the daemon runs as a child of it.
  private static func program() throws -> String {
    try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
  }
}

private struct DemoFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
