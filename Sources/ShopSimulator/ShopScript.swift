internal import Contract
internal import JSON
internal import MQTT

/// The demo's story: one job in two parts on two machines, with everything that happens around it, in about
/// half a minute.
public struct ShopScript: Sendable {
  public static let job = "JOB-1001"

  private let shop: SimulatedShop
  private let panel: BrokerClient
  private let isBillingPlayed: Bool
  private let say: @Sendable (String) -> Void

  /// - Parameters:
  ///   - panel: of the same shop.
  ///   - isBillingPlayed: whether the shop's own billing service answers; else one from outside is awaited.
  ///   - say: is told each step, as a sentence.
  public init(
    shop: SimulatedShop, panel: BrokerClient, isBillingPlayed: Bool = true,
    say: @escaping @Sendable (String) -> Void
  ) {
    self.shop = shop
    self.panel = panel
    self.isBillingPlayed = isBillingPlayed
    self.say = say
  }

  /// Plays the story to an invoice that is paid; or, with a billing service from outside, that is accepted.
  /// - Returns: the invoice as billing took it in.
  /// - Throws: `Refusal` of a command, ``WaitError`` for what did not happen in time, naming it; ``BrokerError`` for a
  ///   draft that a service from outside rejects.
  public func play() async throws -> SimulatedBilling.Invoice {
    try await opening()
    try await order()
    try await work()
    try await finish()
    return try await isBillingPlayed ? payment() : acceptance()
  }

  /// Waits until the gateway hears of every machine.
  private func opening() async throws {
    try await panel.state(of: shop.topics.status, "the gateway online") { $0.string("state") == "online" }
    for (place, word) in [("printer-1", "idle"), ("mill-1", "idle")] {
      try await workCenter(place, "\(place) \(word)") { $0.string("run_state") == word }
    }
    for scale in ["spool-scale-1", "scale-2"] {
      try await panel.state(of: "\(shop.topics.prefix)state/device/\(scale)", "a stable weight") { message in
        message.json?["channels"]?["weight"]?["stable"]?.bool == true
      }
    }
  }

  private func order() async throws {
    say("Acme Robotics orders a bracket (printed) and a plate (milled): \(Self.job) is created.")
    try await shop.person.command(
      "job.create",
      [
        "job": Self.job, "customer": "acme", "title": "Gripper prototype", "po_number": "PO-7731",
        "parts": """
        [{"part": "bracket", "name": "Bracket", "work_center": "printer-1", "material": "pla-black"},
         {"part": "plate", "name": "Plate", "work_center": "mill-1", "material": "aluminum-6061"}]
        """,
      ])
    try await shop.person.command("service.add", ["job": Self.job, "service": "design-revision"])
    try await shop.person.command(
      "material.load", ["scale": "spool-scale-1", "material": "pla-black", "lot": "SP-0412"])
    try await shop.person.command("material.load", ["scale": "scale-2", "material": "aluminum-6061"])
    try await shop.person.command("labor.start", labor)
    say("The mill takes a test cut; no job is open there, so it is nobody's yet.")
    shop.mill.start()
    try await pause(3)
    shop.mill.stop()
  }

  private func work() async throws {
    say("Somebody presses the button at the printer, and the print begins.")
    try await shop.andon.press()
    try await workCenter("printer-1", "the run at printer-1") { $0.string("job") == Self.job }
    shop.printer.start(milligrams: 22_000)
    try await pause(2)
    say("The plate is started at the mill from a tablet.")
    try await shop.person.command("job.start", ["work_center": "mill-1", "job": Self.job, "part": "plate"])
    shop.mill.start()
    try await pause(2)
    say("The print is paused: a loose end of filament.")
    shop.printer.pause()
    try await workCenter("printer-1", "the printer paused") { $0.string("run_state") == "paused" }
    try await shop.andon.press()
    try await workCenter("printer-1", "the pause at printer-1") { $0.json?["paused"] != nil }
    try await pause(2)
    say("It goes on.")
    try await shop.andon.press()
    try await workCenter("printer-1", "the run resumed") { $0.string("job") == Self.job }
    shop.printer.resume()
    try await pause(2)
    say("The plate is done.")
    shop.mill.stop()
    try await workCenter("mill-1", "the mill at rest") { $0.string("run_state") == "idle" }
    try await shop.person.command("job.stop", ["work_center": "mill-1", "outcome": "done"])
    try await workCenter("printer-1", "the end of the print", within: .seconds(40)) { $0.json?["run"] == nil }
    say("The printer says that it has finished: its run ends by itself.")
  }

  private func finish() async throws {
    try await shop.person.command("labor.stop", labor)
    try await shop.person.command(
      "labor.record", ["job": Self.job, "operator": "mira", "activity": "post-processing", "minutes": "12"])
    say("The job is complete. The scales settle, then the draft goes out.")
    try await shop.person.command("job.complete", ["job": Self.job])
  }

  private func payment() async throws -> SimulatedBilling.Invoice {
    let invoice = try await shop.billing.wait(for: "the draft at the billing service", within: .seconds(75)) {
      $0.invoices.first
    }
    say("Billing accepts \(invoice.draftID) as \(invoice.number).")
    try await billingState("accepted")
    for state in [BillingStatusMessage.State.created, .sent, .paid] {
      try await shop.billing.report(state, of: invoice)
    }
    // A paid job leaves the board.
    try await panel.state(of: topic, "the paid job's leaving") { $0.payload.isEmpty }
    say("\(invoice.number) is sent, and paid.")
    return invoice
  }

  /// Somebody has to start that service, and may be reading how.
  private static let patience = Duration.seconds(1800)

  private func acceptance() async throws -> SimulatedBilling.Invoice {
    let sent = try await shop.billing.wait(for: "the draft on the broker", within: .seconds(75)) {
      $0.deliveries.first
    }
    say("The draft \(sent.draftID) is out. It repeats until a billing service acknowledges it.")
    let state = try await panel.state(of: topic, "an acknowledgment of the draft", within: Self.patience) {
      // A job that is paid at once leaves the board.
      $0.payload.isEmpty || Self.answer($0) == "accepted" || Self.answer($0) == "rejected"
    }
    let draft = state.json?["drafts"]?.array?.first
    guard Self.answer(state) != "rejected" else {
      throw BrokerError(
        "billing rejected \(sent.draftID): \(draft?["reason"]?.string ?? "it gives no reason")")
    }
    let number = draft?["reference"]?.string ?? sent.draftID
    say("Billing accepts \(sent.draftID) as \(number).")
    return SimulatedBilling.Invoice(
      number: number, draftID: sent.draftID, revision: sent.revision, bytes: sent.bytes)
  }

  private static func answer(_ job: Message) -> String? {
    job.json?["drafts"]?.array?.first?["state"]?.string
  }

  private var labor: KeyValuePairs<String, String> {
    ["job": Self.job, "operator": "mira", "activity": "post-processing"]
  }

  private var topic: String { "\(shop.topics.prefix)state/job/\(Self.job)" }

  private func billingState(_ word: String) async throws {
    try await panel.state(of: topic, "the job \(word)") { $0.string("billing_state") == word }
  }

  private func workCenter(
    _ id: String, _ what: String, within limit: Duration = .seconds(15),
    where fits: @escaping @Sendable (Message) -> Bool
  ) async throws {
    try await panel.state(
      of: "\(shop.topics.prefix)state/work-center/\(id)", what, within: limit, where: fits)
  }

  /// So that whoever watches can follow.
  private func pause(_ seconds: Int) async throws { try await Task.sleep(for: .seconds(seconds)) }
}

extension Message {
  var json: JSONValue? { try? JSONScanner.parse(payload, limits: .trusted) }
  func string(_ key: String) -> String? { json?[key]?.string }
}
