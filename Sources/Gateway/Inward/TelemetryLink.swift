import Devices
import Logging
import Measures
import Metering
import MQTT
import Synchronization

/// Readings and buttons from one broker: decoded and handed on; nothing here is ever acknowledged or waited
/// for.
final class TelemetryLink: LinkHandler {
  private struct State: Sendable {
    var decoders: [DeviceDecoder]
    var requests: RequestSchedule
    var unheard: UnheardDevices
    /// Why there is no connection, to say it once.
    var trouble: LinkError.Reason?
  }

  let link: Link
  private let devices: [DeviceDescription]
  private let index: TopicIndex
  private let inbox: Inbox
  private let clock: GatewayClock
  private let log: Logger
  private let state: Mutex<State>

  /// - Parameters:
  ///   - devices: those on this broker, and no others.
  ///   - index: of these devices.
  init(
    link: Link, devices: [DeviceDescription], index: TopicIndex, inbox: Inbox, clock: GatewayClock,
    log: Logger
  ) {
    self.link = link
    self.devices = devices
    self.index = index
    self.inbox = inbox
    self.clock = clock
    self.log = log
    state = Mutex(
      State(
        decoders: devices.map { DeviceDecoder($0) }, requests: RequestSchedule(devices),
        unheard: UnheardDevices(devices)))
  }

  func received(_ batch: [Message]) -> Disposition {
    let now = clock.now()
    // Put in under the lock, here and below: what ages a device must not overtake what it just said.
    state.withLock { state in
      let readings = batch.flatMap { message in
        index[message.topic].flatMap { number in
          let wasOnline = state.decoders[number].isOnline
          state.unheard.heard(number)
          let readings = state.decoders[number].decode(
            message: message.topic, payload: message.payload, retained: message.retained, at: now)
          if wasOnline == false, state.decoders[number].isOnline == true {
            state.requests.cameBack(state.decoders[number].device.id, at: now.uptime)
          }
          return readings.map { isDoubtful(message) ? Self.distrusted($0) : $0 }
        }
      }
      inbox.put(readings)
    }
    return .commit
  }

  /// Where there is no fence, everything may be from before it.
  private func isDoubtful(_ message: Message) -> Bool {
    message.beforeFence || link.settings.fenceTopic == nil
  }

  /// A press from before the fence may be hours old: it is counted and shown, never carried out.
  private static func distrusted(_ reading: Reading) -> Reading {
    guard case .action = reading.value else { return reading }
    return Reading(channel: reading.channel, at: reading.at, value: .rejected(.retainedEvent))
  }

  func subscribed() {
    log.notice("mqtt \(link.settings.name) link: connected to \(link.settings.broker)")
    state.withLock { state in
      state.trouble = nil
      state.requests.connected()
      state.unheard.connected(at: GatewayClock.uptime())
    }
    ask()
    _ = inbox.put(.link(.telemetryUp))
  }

  func trouble(_ reason: LinkError) {
    var text = "\(reason)"
    if case .subscriptionRefused(let filter, _, _) = reason.reason {
      text += "; not heard there: \(names(index[filter]))"
    }
    log.error("\(text)")
  }

  private func names(_ numbers: [Int]) -> String {
    numbers.map { devices[$0].id.text }.joined(separator: ", ")
  }

  /// Nothing is known of the devices behind a broker that is gone.
  func disconnected(_ reason: LinkError) {
    let now = clock.now()
    let isNews = state.withLock { state in
      state.requests.disconnected()
      state.unheard.disconnected()
      let readings = state.decoders.indices.flatMap { number -> [Reading] in
        state.decoders[number].forgetPresence()
        return state.decoders[number].reject(.offline, at: now)
      }
      inbox.put(readings)
      defer { state.trouble = reason.reason }
      return state.trouble != reason.reason
    }
    // A machine that is off for the night is not worth a line a minute.
    log.log(level: isNews ? .warning : .debug, "\(reason)")
    _ = inbox.put(.link(.telemetryDown))
  }

  /// Asks the devices for what is due.
  private func ask() {
    let now = GatewayClock.uptime()
    state.withLock { state in
      state.requests.ask(at: now) { request in
        let publication = Publication(topic: request.topic, payload: request.payload, qos: .atMostOnce)
        switch link.publish(publication) {
        case .queued: return true
        case .notConnected, .queueFull: return false
        case .refused(let reason):
          // The configuration admits nothing that is refused; if it did, once would be enough.
          log.error("mqtt \(link.settings.name) link: \(request.topic) cannot be asked: \(reason)")
          return true
        }
      }
    }
  }

  /// Ages the devices whose presence topic never spoke, and asks those that are to be asked again; about once
  /// a second.
  func timePasses() {
    let now = clock.now()
    let unheard = state.withLock { state in
      inbox.put(state.decoders.indices.flatMap { state.decoders[$0].expire(at: now) })
      return state.unheard.takeOverdue(at: now.uptime)
    }
    for number in unheard { warn(ofUnheard: devices[number]) }
    ask()
  }

  /// A broker's access list refuses nothing aloud: it just does not deliver.
  private func warn(ofUnheard device: DeviceDescription) {
    guard case .mqtt(let mqtt) = device.transport else { return }
    log.warning(
      """
      mqtt \(link.settings.name) link: nothing came of \(device.id) in \(UnheardDevices.patience), on \
      \(mqtt.topics.joined(separator: ", ")); check that it is on, that its topics are these, and that the broker's \
      access list lets \(link.settings.username.map { "the user \($0)" } ?? "this gateway") read them
      """)
  }
}
