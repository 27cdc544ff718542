public import Contract
internal import Glibc
internal import JSON
internal import Jobs
internal import MQTT
internal import Measures
internal import Synchronization

/// A billing service: takes drafts once each, whatever comes how often, acknowledges, reports payment, and keeps
/// everything that ever reached it. Its session at the broker is durable.
public final class SimulatedBilling: Sendable {
  /// One draft message as it came.
  public struct Delivery: Sendable, Hashable {
    /// Counts all deliveries from 1.
    public let number: Int
    public let bytes: [UInt8]
    /// Empty where the bytes are no draft.
    public let draftID: String
    public let revision: Int
    public let contentSHA256: String
    /// Canonical, and its hash is right.
    public let isIntact: Bool
    /// How often this revision came before.
    public let repeats: Int
  }

  /// What it does about a delivery.
  public enum Answer: Sendable, Hashable {
    /// `accepted`, or `duplicate` for what it has already.
    case accept
    case reject(String)
    /// It accepts, and its answer is lost on the way.
    case lost
    /// Nothing, as if its program were busy.
    case silent
    /// It accepts, but names another hash.
    case wrongHash
    /// Killed before it has taken the draft in: the broker delivers again.
    case killedBefore
    /// Killed after it has taken the draft in, before the answer leaves.
    case killedAfter
  }

  /// A draft it has taken in.
  public struct Invoice: Sendable, Hashable {
    public let number: String
    public let draftID: String
    public let revision: Int
    public let bytes: [UInt8]
  }

  public struct Ledger: Sendable {
    /// Every delivery in its order, the last 10,000 of them.
    public internal(set) var deliveries: [Delivery] = []
    /// In the order they were taken in; one for each draft id and revision.
    public internal(set) var invoices: [Invoice] = []
    /// Sentences about what must never happen: a broken hash, other bytes under the same id and revision.
    public internal(set) var faults: [String] = []
    /// The revision of each draft that it acknowledged: it takes no other of it.
    var acknowledged: [String: Delivery] = [:]
    var deliveryCount = 0
    var events = 0
  }

  private let topics: Topics
  private let digest: @Sendable ([UInt8]) -> String
  private let decide: @Sendable (Delivery) -> Answer
  private let books = Watched(Ledger())
  private let client = Mutex<BrokerClient?>(nil)
  /// A durable session brings drafts as soon as it is resumed, before anything can be published on it.
  private let unsent = Mutex<[[UInt8]]>([])

  /// - Parameters:
  ///   - digest: SHA-256 in hexadecimal, small letters.
  ///   - decide: what to do about a delivery; on the link's thread.
  public init(
    gateway: String, port: UInt16, name: String = "billing", login: BrokerClient.Login? = nil,
    digest: @escaping @Sendable ([UInt8]) -> String,
    decide: @escaping @Sendable (Delivery) -> Answer = { _ in .accept }
  ) {
    topics = Topics(gateway: gateway)
    self.digest = digest
    self.decide = decide
    let settings = BrokerClient.settings(
      name, port: port, filters: [topics.draft], wantsRetained: false, login: login,
      session: .durable(expirySeconds: 7 * 86_400))
    let client = BrokerClient(
      settings, onMessages: { [weak self] messages in self?.take(messages.map(\.payload)) ?? true },
      onConnect: { [weak self] in self?.sendUnsent() })
    self.client.withLock { $0 = client }
  }

  public var ledger: Ledger { books.value }

  public func connected(within limit: Duration = .seconds(10)) async throws {
    try await client.withLock { $0 }?.connected(within: limit)
  }

  /// Waits until its ledger is as wanted.
  public func wait<Found: Sendable>(
    for what: String, within limit: Duration = .seconds(30), _ look: @escaping @Sendable (Ledger) -> Found?
  ) async throws -> Found {
    try await books.wait(for: what, within: limit) { look($0) }
  }

  /// Drops its connection, as if its program were killed; it comes back by itself.
  public func cut() { client.withLock { $0 }?.cut() }
  public func close() { client.withLock { $0 }?.close() }

  // MARK: Drafts

  private func take(_ batch: [[UInt8]]) -> Bool {
    for bytes in batch {
      let delivery = delivery(bytes)
      books.change { books in
        books.deliveryCount += 1
        books.deliveries.append(delivery)
        if books.deliveries.count > 10_000 { books.deliveries.removeFirst() }
      }
      let answer = decide(delivery)
      if answer == .killedBefore { return false }
      guard delivery.isIntact else {
        books.change { $0.faults.append("delivery \(delivery.number) is no draft with a right hash") }
        continue
      }
      self.answer(delivery, answer)
      if answer == .killedAfter { return false }
    }
    return true
  }

  private func delivery(_ bytes: [UInt8]) -> Delivery {
    let draft = try? JSONScanner.parse(bytes, limits: .trusted)
    let (id, revision) = (draft?["draft_id"]?.string ?? "", Int(clamping: draft?["revision"]?.int64 ?? 0))
    let books = books.value
    return Delivery(
      number: books.deliveryCount + 1, bytes: bytes, draftID: id, revision: revision,
      contentSHA256: draft?["content_sha256"]?.string ?? "",
      isIntact: DraftDocument.isIntact(bytes, digest: digest),
      repeats: books.deliveries.count { $0.draftID == id && $0.revision == revision })
  }

  private func answer(_ delivery: Delivery, _ answer: Answer) {
    switch answer {
    case .silent, .killedBefore: return
    case .reject(let reason): acknowledge(delivery, .rejected, reason: reason)
    case .wrongHash:
      acknowledge(delivery, .accepted, hash: String(repeating: "0", count: 64), reference: "INV-0000")
    case .accept, .lost, .killedAfter:
      if let held = books.value.acknowledged[delivery.draftID], held.revision != delivery.revision {
        // The acknowledgment of that one may have been lost, and what was replaced is not sent again.
        acknowledge(held, .duplicate, reference: takeIn(held).0)
        acknowledge(delivery, .rejected, reason: "revision \(held.revision) is acknowledged")
        return
      }
      let (invoice, isNew) = takeIn(delivery)
      if answer == .killedAfter { return }
      books.change { $0.acknowledged[delivery.draftID] = delivery }
      if answer == .lost { return }
      acknowledge(delivery, isNew ? .accepted : .duplicate, reference: invoice)
    }
  }

  /// - Returns: the invoice's number, and whether it is a new one.
  private func takeIn(_ delivery: Delivery) -> (String, Bool) {
    let known = books.value.invoices.first {
      $0.draftID == delivery.draftID && $0.revision == delivery.revision
    }
    if let known {
      if known.bytes != delivery.bytes {
        books.change {
          $0.faults.append("\(delivery.draftID) revision \(delivery.revision) came again with other bytes")
        }
      }
      return (known.number, false)
    }
    let number = "INV-\(1001 + books.value.invoices.count)"
    books.change { books in
      books.invoices.append(
        Invoice(number: number, draftID: delivery.draftID, revision: delivery.revision, bytes: delivery.bytes)
      )
    }
    return (number, true)
  }

  private func acknowledge(
    _ delivery: Delivery, _ outcome: BillingAck.Outcome, hash: String? = nil, reference: String? = nil,
    reason: String? = nil
  ) {
    guard let draft = DraftID(delivery.draftID) else { return }
    let ack = BillingAck(
      draft: draft, revision: delivery.revision, contentSHA256: hash ?? delivery.contentSHA256,
      outcome: outcome,
      reference: reference, reason: reason)
    send(ack.bytes)
  }

  private func send(_ ack: [UInt8]) {
    let isSent = client.withLock { $0 }?.publish(topics.ack, ack) ?? false
    if !isSent { unsent.withLock { $0.append(ack) } }
  }

  private func sendUnsent() {
    let waiting = unsent.withLock { unsent in
      defer { unsent = [] }
      return unsent
    }
    for ack in waiting { send(ack) }
  }

  // MARK: Payment

  /// Reports what became of an invoice, under an event id of its own.
  /// - Returns: the event id; give it again to repeat the report.
  @discardableResult
  public func report(
    _ state: BillingStatusMessage.State, of invoice: Invoice, event: String? = nil
  ) async throws -> String {
    guard let draft = DraftID(invoice.draftID) else { throw BrokerError("\(invoice.draftID) is no draft id") }
    books.change { $0.events += 1 }
    let event = event ?? "\(invoice.number)-\(state.rawValue)-\(books.value.events)"
    let message = BillingStatusMessage(
      draft: draft, revision: invoice.revision, state: state, event: event,
      observedAt: WallTime(milliseconds: Self.now()),
      externalNumber: invoice.number)
    let client = client.withLock { $0 }
    try await client?.deliver(Publication(topic: topics.billingStatus, payload: message.bytes))
    return event
  }

  private static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
