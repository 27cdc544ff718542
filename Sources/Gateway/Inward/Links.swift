import Configuration
import Contract
import Devices
import Logging
import Measures
import Metering
import MQTT
import ServiceLifecycle

/// The two links to the broker.
///
/// Commands and billing keep a durable session, where acknowledging follows the commit; telemetry and buttons
/// have a clean one, so that a backlog of readings can never push a command out of the broker's queue, nor old
/// presses and weights arrive as new.
struct Links {
  /// How long the broker keeps commands for a daemon that is away: a week.
  private static let sessionExpirySeconds: UInt32 = 7 * 24 * 3600

  let commands: CommandsLink
  let telemetry: TelemetryLink
  let services: [any Service]

  /// - Throws: when a secret cannot be read, in words.
  init(configuration: Configuration, engine: Engine, clock: GatewayClock, log: Logger) throws {
    let topics = engine.topics
    let password = try configuration.broker.password.map { String(decoding: try $0.read(), as: UTF8.self) }
    var settings = LinkSettings(
      name: "commands", host: configuration.broker.host, port: configuration.broker.port,
      clientID: "chargehand-\(configuration.gateway.id)-commands",
      session: .durable(expirySeconds: Self.sessionExpirySeconds))
    settings.username = configuration.broker.username
    settings.password = password
    settings.tls = configuration.broker.tls.map { $0.linkTLS }

    var clean = settings
    clean.name = "telemetry"
    clean.clientID = "chargehand-\(configuration.gateway.id)-telemetry"
    clean.session = .clean
    clean.fenceTopic = topics.fence("telemetry")
    // What the broker may not send it drops without a word; so it may send more than is taken, which is counted.
    clean.maximumPacketSize = 256 * 1_024
    clean.attentionMilliseconds = Gap.notable.milliseconds
    let index = TopicIndex(configuration.devices)
    clean.subscriptions = index.topics.map { Subscription($0, qos: .atMostOnce, retainAsPublished: true) }

    let farewell = Publication(topic: topics.status, payload: StatePayloads.offline, retain: true)
    settings.will = farewell
    // A command that was stored at the broker is refused, but it is refused with an answer.
    settings.subscriptions = [
      Subscription(topics.commandFilter, qos: .atLeastOnce, retained: .onlyNew, retainAsPublished: true),
      Subscription(topics.ack, qos: .atLeastOnce, retained: .never),
      Subscription(topics.billingStatus, qos: .atLeastOnce, retained: .never),
    ]
    commands = CommandsLink(link: try Link(settings), topics: topics, inbox: engine.inbox, log: log)
    telemetry = TelemetryLink(
      link: try Link(clean), devices: configuration.devices, index: index, inbox: engine.inbox, clock: clock,
      log: log)
    services = [
      LinkService(link: commands.link, handler: commands, last: farewell),
      LinkService(link: telemetry.link, handler: telemetry, last: nil), AgingService(telemetry: telemetry),
      try LeftoverStates(like: clean, topics: topics, inbox: engine.inbox),
    ]
  }

  var loops: [WatchdogService.Loop] {
    [commands.link, telemetry.link].map { link in
      WatchdogService.Loop(name: "\(link.settings.name) link") { link.lastTickMilliseconds }
    }
  }
}

/// Keeps a link going; at shutdown it says its last word.
struct LinkService: Service {
  private static let graceMilliseconds: Int64 = 3000

  let link: Link
  let handler: any LinkHandler
  let last: Publication?

  func run() async throws {
    try link.start(handler)
    try? await gracefulShutdown()
    // Stopping waits for the link's thread, so it must not happen on a thread of the cooperative pool.
    await onThread("stop-\(link.settings.name)", stackBytes: 128 << 10) {
      link.stop(graceMilliseconds: Self.graceMilliseconds, last: last)
    }
  }
}

extension BrokerTLS {
  fileprivate var linkTLS: TLSSettings {
    let trust: TLSSettings.Trust =
      switch trust {
      case .system: .system
      case .authorities(let file): .authorities(file: file)
      case .certificate(let file): .certificate(file: file)
      case .fingerprint(let bytes): .fingerprint(bytes)
      }
    return TLSSettings(
      trust: trust, name: name, clientCertificateFile: clientCertificateFile, clientKeyFile: clientKey?.path)
  }
}
