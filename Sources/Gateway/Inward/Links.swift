import Configuration
import Contract
import Devices
import Logging
import Measures
import Metering
import MQTT
import ServiceLifecycle

/// The links to the brokers: two to the main one, one to each further one.
///
/// Commands and billing keep a durable session, where acknowledging follows the commit; telemetry and buttons
/// have a clean one, so that a backlog of readings can never push a command out of the broker's queue, nor
/// old presses and weights arrive as new.
struct Links {
  /// How long the broker keeps commands for a daemon that is away: a week.
  private static let sessionExpirySeconds: UInt32 = 7 * 24 * 3600

  let commands: CommandsLink
  /// The main broker's first.
  let telemetry: [TelemetryLink]
  let services: [any Service]

  /// - Throws: when the main broker's secret cannot be read, in words. A further broker's is read for each
  ///   connection: its machine stays offline, and nobody else waits.
  init(configuration: Configuration, engine: Engine, clock: GatewayClock, log: Logger) throws {
    let topics = engine.topics
    let gateway = configuration.gateway.id
    let broker = configuration.broker
    let password = try broker.password.map { String(decoding: try $0.read(), as: UTF8.self) }

    var settings = LinkSettings(
      name: "commands", at: broker, clientID: "chargehand-\(gateway)-commands",
      session: .durable(expirySeconds: Self.sessionExpirySeconds))
    settings.password = password
    let farewell = Publication(topic: topics.status, payload: StatePayloads.offline, retain: true)
    settings.will = farewell
    // A command that was stored at the broker is refused, but it is refused with an answer.
    settings.subscriptions = [
      Subscription(topics.commandFilter, qos: .atLeastOnce, retained: .onlyNew, retainAsPublished: true),
      Subscription(topics.ack, qos: .atLeastOnce, retained: .never),
      Subscription(topics.billingStatus, qos: .atLeastOnce, retained: .never),
    ]
    commands = CommandsLink(link: try Link(settings), topics: topics, inbox: engine.inbox, log: log)

    func telemetryLink(_ settings: LinkSettings, broker: BrokerID?) throws -> TelemetryLink {
      let devices = configuration.devices.filter { device in
        if case .mqtt(let mqtt) = device.transport { mqtt.broker == broker } else { false }
      }
      let index = TopicIndex(devices)
      var settings = settings
      settings.subscriptions = index.topics.map {
        // One device that may not be heard must not silence the others.
        Subscription($0, qos: .atMostOnce, retainAsPublished: true, isOptional: true)
      }
      return TelemetryLink(
        link: try Link(settings), devices: devices, index: index, inbox: engine.inbox, clock: clock, log: log)
    }

    var clean = LinkSettings(telemetry: "telemetry", at: broker, clientID: "chargehand-\(gateway)-telemetry")
    clean.password = password
    clean.fenceTopic = topics.fence("telemetry")
    let main = try telemetryLink(clean, broker: nil)
    let further = try configuration.brokers.map { broker in
      var settings = LinkSettings(
        telemetry: "broker-\(broker.id)", at: broker.settings,
        clientID: "chargehand-\(gateway)-broker-\(broker.id)")
      if let secret = broker.settings.password {
        settings.readPassword = { String(decoding: try secret.read(), as: UTF8.self) }
      }
      settings.fenceTopic = broker.hasFence ? topics.fence("broker-\(broker.id)") : nil
      settings.dialect = .olderFirst
      return try telemetryLink(settings, broker: broker.id)
    }
    telemetry = [main] + further
    services = [
      LinkService(link: commands.link, handler: commands, last: farewell),
      LinkService(link: main.link, handler: main, last: nil),
      FurtherLinksService(links: further), AgingService(links: telemetry),
      try LeftoverStates(like: clean, topics: topics, inbox: engine.inbox),
    ]
  }

  var loops: [WatchdogService.Loop] {
    ([commands.link] + telemetry.map(\.link)).map { link in
      WatchdogService.Loop(name: "\(link.settings.name) link") { link.lastTickMilliseconds }
    }
  }
}

extension LinkSettings {
  fileprivate init(name: String, at broker: BrokerSettings, clientID: String, session: Session) {
    self.init(name: name, host: broker.host, port: broker.port, clientID: clientID, session: session)
    username = broker.username
    tls = broker.tls.map { $0.linkTLS }
  }

  /// Of a link that hears devices.
  fileprivate init(telemetry name: String, at broker: BrokerSettings, clientID: String) {
    self.init(name: name, at: broker, clientID: clientID, session: .clean)
    // What the broker may not send it drops without a word; so it may send more than is taken, which is
    // counted.
    maximumPacketSize = 256 * 1_024
    attentionMilliseconds = Gap.notable.milliseconds
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
