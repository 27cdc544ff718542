public import Contract
public import Jobs
internal import MQTT
internal import Synchronization

/// Somebody with a tablet: sends commands, and repeats each under the same id until its reply comes.
public final class SimulatedOperator: Sendable {
  public let actor: String
  private let topics: Topics
  private let client: BrokerClient
  private let counter = Atomic<Int>(0)
  private let session: String
  /// A PUBACK says little; without a reply the command is repeated so soon.
  public static let patience = Duration.seconds(2)

  /// - Parameter session: makes the ids of this life of it its own; the daemon remembers them for 90 days.
  public init(
    _ actor: String = "operator-1", gateway: String, port: UInt16, session: String = "s1",
    login: BrokerClient.Login? = nil
  ) {
    self.actor = actor
    self.session = session
    topics = Topics(gateway: gateway)
    client = BrokerClient(
      "tablet-\(actor)-\(session)", port: port, filters: [topics.replyFilter(actor)], wantsRetained: false,
      login: login)
  }

  public func connected(within limit: Duration = .seconds(10)) async throws {
    try await client.connected(within: limit)
  }

  /// Sends a command and waits for its reply.
  /// - Parameter arguments: as texts, by name; lists and objects as JSON.
  /// - Throws: `Refusal` where an argument is none of the verb's; ``WaitError`` when no reply comes.
  public func reply(
    to verb: String, _ arguments: [(name: String, text: String)], id: String? = nil,
    within limit: Duration = .seconds(30)
  ) async throws -> Reply {
    guard let known = CommandVerb.named(verb) else { throw Refusal(.unknownVerb, "there is no verb \(verb)") }
    let number = counter.wrappingAdd(1, ordering: .relaxed).newValue
    let id = id ?? "\(session).\(number)"
    let payload = try known.payload(id: id, texts: arguments)
    return try Reply.decode(try await send(verb, payload, id: id, within: limit))
  }

  /// Sends bytes as a command, as often as it takes, and waits for the bytes of the reply to `id`.
  public func send(
    _ verb: String, _ payload: [UInt8], id: String, within limit: Duration = .seconds(30)
  ) async throws -> [UInt8] {
    let end = ContinuousClock.now + limit
    let topic = topics.reply(actor, id)
    while true {
      client.publish(topics.command(actor, verb), payload)
      let left = end - .now
      do {
        return try await client.next("the reply to \(verb) \(id)", within: min(Self.patience, left)) {
          message in
          message.topic == topic
        }.payload
      } catch let error as WaitError {
        guard left > Self.patience else { throw error }
      }
    }
  }

  /// Sends a command that must be carried out.
  /// - Throws: the `Refusal` it is answered with.
  @discardableResult
  public func command(_ verb: String, _ arguments: KeyValuePairs<String, String>) async throws -> Jobs.Receipt
  {
    try await reply(to: verb, arguments.map { (name: $0.key, text: $0.value) }).result.get()
  }

  public func close() { client.close() }
}
