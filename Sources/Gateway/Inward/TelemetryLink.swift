import Devices
import Logging
import Measures
import Metering
import MQTT
import ServiceLifecycle
import Synchronization

/// Readings and buttons over MQTT: decoded and handed on; nothing here is ever acknowledged or waited for.
final class TelemetryLink: LinkHandler {
  let link: Link
  private let index: TopicIndex
  private let inbox: Inbox
  private let clock: GatewayClock
  private let log: Logger
  private let decoders: Mutex<[DeviceDecoder]>

  init(
    link: Link, devices: [DeviceDescription], index: TopicIndex, inbox: Inbox, clock: GatewayClock,
    log: Logger
  ) {
    self.link = link
    self.index = index
    self.inbox = inbox
    self.clock = clock
    self.log = log
    decoders = Mutex(devices.map { DeviceDecoder($0) })
  }

  func received(_ batch: [Message]) -> Disposition {
    let now = clock.now()
    // Put in under the lock, here and below: what ages a device must not overtake what it just said.
    decoders.withLock { decoders in
      let readings = batch.flatMap { message in
        index[message.topic].flatMap { number in
          decoders[number].decode(
            message: message.topic, payload: message.payload, retained: message.retained, at: now
          ).map { message.beforeFence ? Self.distrusted($0) : $0 }
        }
      }
      inbox.put(readings)
    }
    return .commit
  }

  /// A press from before the fence may be hours old: it is counted and shown, never carried out.
  private static func distrusted(_ reading: Reading) -> Reading {
    guard case .action = reading.value else { return reading }
    return Reading(channel: reading.channel, at: reading.at, value: .rejected(.retainedEvent))
  }

  func subscribed() {
    log.notice("mqtt telemetry link: connected to \(link.settings.broker)")
    _ = inbox.put(.link(.telemetryUp))
  }

  func trouble(_ reason: LinkError) { log.error("\(reason)") }

  /// Nothing is known of the devices behind a broker that is gone.
  func disconnected(_ reason: LinkError) {
    log.warning("\(reason)")
    let now = clock.now()
    decoders.withLock { decoders in
      let readings = decoders.indices.flatMap { number -> [Reading] in
        guard case .mqtt = decoders[number].device.transport else { return [] }
        decoders[number].forgetPresence()
        return decoders[number].reject(.offline, at: now)
      }
      inbox.put(readings)
    }
    _ = inbox.put(.link(.telemetryDown))
  }

  /// Ages the devices whose presence topic never spoke; about once a second.
  func expire() {
    let now = clock.now()
    decoders.withLock { decoders in
      inbox.put(decoders.indices.flatMap { decoders[$0].expire(at: now) })
    }
  }
}

/// Lets time pass for devices that say nothing.
struct AgingService: Service {
  let telemetry: TelemetryLink

  func run() async throws {
    try? await cancelWhenGracefulShutdown {
      while true {
        try await Task.sleep(for: .seconds(1))
        telemetry.expire()
      }
    }
  }
}
