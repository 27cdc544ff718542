import Configuration
import Contract
import Devices
import Logging
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
    settings.tls = try configuration.broker.tls.map { try $0.linkTLS(host: configuration.broker.host) }

    var clean = settings
    clean.name = "telemetry"
    clean.clientID = "chargehand-\(configuration.gateway.id)-telemetry"
    clean.session = .clean
    clean.fenceTopic = topics.fence("telemetry")
    let index = TopicIndex(configuration.devices)
    clean.subscriptions = index.topics.map { .init($0, qos: 0, wantsRetained: true) }

    settings.lastWill = OutgoingPublish(
      topic: topics.status, payload: StatePayloads.offline, qos: 1, isRetained: true)
    settings.subscriptions = [
      .init(topics.commandFilter, qos: 1, wantsRetained: true), .init(topics.ack, qos: 1, wantsRetained: false),
      .init(topics.billingStatus, qos: 1, wantsRetained: false),
    ]
    commands = CommandsLink(link: Link(settings), topics: topics, inbox: engine.inbox, log: log)
    telemetry = TelemetryLink(
      link: Link(clean), devices: configuration.devices, index: index, inbox: engine.inbox, clock: clock, log: log)
    let last = OutgoingPublish(topic: topics.status, payload: StatePayloads.offline, qos: 1, isRetained: true)
    services = [
      LinkService(link: commands.link, handler: commands, last: last),
      LinkService(link: telemetry.link, handler: telemetry, last: nil), AgingService(telemetry: telemetry),
    ]
  }

  var loops: [WatchdogService.Loop] {
    [commands.link, telemetry.link].map { link in
      WatchdogService.Loop(name: "\(link.settings.name) link") { link.lastTickMilliseconds }
    }
  }
}

/// Runs a link on a thread of its own; at shutdown it says its last word.
struct LinkService: Service {
  let link: Link
  let handler: any LinkHandler
  let last: OutgoingPublish?

  func run() async throws {
    await withGracefulShutdownHandler {
      await onThread("mqtt-\(link.settings.name)", stackBytes: 512 << 10) { link.run(handler) }
    } onGracefulShutdown: {
      link.stop(last: last)
    }
  }
}

extension TLSSettings {
  /// - Throws: where another name is to be verified than the one connected to: the library cannot do that.
  fileprivate func linkTLS(host: String) throws -> LinkSettings.TLS {
    if let name, name != host {
      throw TLSNameError(
        description: "mqtt.tls_name: \(name) differs from the host \(host), which this version cannot verify; "
          + "connect by the name on the certificate (an entry in /etc/hosts will do)")
    }
    return LinkSettings.TLS(authorityFile: authorityFile, certificateFile: certificateFile, keyFile: key?.path)
  }
}

struct TLSNameError: Error, CustomStringConvertible {
  let description: String
}
