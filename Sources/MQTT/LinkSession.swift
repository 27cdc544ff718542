internal import CMosquitto
internal import Glibc

/// One connection's life, from the probe to the reason it ended.
struct LinkSession {
  let settings: LinkSettings
  let outbound: Outbound
  let handler: any LinkHandler
  /// Shows life; with milliseconds ahead of time before something that may take long.
  let live: (_ aheadMilliseconds: Int64) -> Void

  /// The time a name look-up and a TLS handshake may take before the watchdog is to worry.
  private static let connectGraceMilliseconds: Int64 = 60_000
  private static let connackMilliseconds: Int64 = 10_000
  /// So many messages are committed together at most.
  private static let batchLimit = 1_000

  private var awaited: Set<CInt> = []
  private var tokens: [CInt: Int64] = [:]
  private var unacknowledged: Set<CInt> = []
  private var isConnected = false
  private var isSubscribed = false
  private var fence: [UInt8]?

  init(
    settings: LinkSettings, outbound: Outbound, handler: any LinkHandler, live: @escaping (Int64) -> Void
  ) {
    self.settings = settings
    self.outbound = outbound
    self.handler = handler
    self.live = live
  }

  /// - Parameter connected: called once the broker has accepted the connection.
  /// - Returns: why it ended.
  mutating func run(connected: () -> Void) -> String {
    live(Self.connectGraceMilliseconds)
    if let problem = Probe.problem(host: settings.host, port: settings.port) { return problem }
    do {
      let connection = try Connection(settings)
      try connection.connect(settings)
      let deadline = BootTime.now() + Self.connackMilliseconds
      while true {
        if let end = try round(connection, connected) { return end }
        if !isSubscribed, BootTime.now() > deadline { return "the broker did not accept the connection within 10 s" }
      }
    } catch {
      return error.description
    }
  }

  /// - Returns: why the connection is over, if it is.
  private mutating func round(_ connection: Connection, _ connected: () -> Void) throws(LinkError) -> String? {
    wait(connection)
    live(0)
    if outbound.takeCut() {
      connection.cut()
      return "dropped on purpose"
    }
    var batch: [Message] = []
    if let end = try receive(connection, into: &batch, connected) { return end }
    // Nothing that came is acknowledged before this returns: the acknowledgments leave in `write` below.
    if !batch.isEmpty, !handler.received(batch) {
      connection.cut()
      return "what came could not be stored, so the broker is asked to deliver it again"
    }
    if isSubscribed { try publish(outbound.take(), connection) }
    if let stop = outbound.stopRequest { return finish(connection, stop) }
    if connection.wantsToWrite, let end = Self.failure(connection.write(), "writing") { return end }
    return Self.failure(connection.keepAlive(), "keeping alive")
  }

  private func wait(_ connection: Connection) {
    let events = Int16(POLLIN) | (connection.wantsToWrite ? Int16(POLLOUT) : 0)
    var waiting = [
      pollfd(fd: connection.descriptor, events: events, revents: 0),
      pollfd(fd: outbound.wakeUp, events: Int16(POLLIN), revents: 0),
    ]
    _ = poll(&waiting, 2, 250)
    outbound.clearWake()
  }

  /// Reads while there is something to read: the library takes one packet at a time.
  private mutating func receive(
    _ connection: Connection, into batch: inout [Message], _ connected: () -> Void
  ) throws(LinkError) -> String? {
    // TLS may hold a whole packet that `poll` knows nothing of, so one more read is always tried.
    var idle = 0
    while idle < 2, batch.count < Self.batchLimit {
      let isReadable = Self.isReadable(connection.descriptor)
      if !isReadable, settings.tls == nil { break }
      let code = connection.read()
      let happenings = connection.takeHappenings()
      idle = happenings.isEmpty && !isReadable ? idle + 1 : 0
      for happening in happenings {
        if let end = try take(happening, connection, into: &batch, connected) { return end }
      }
      if let end = Self.failure(code, "reading") { return end }
    }
    return nil
  }

  private static func isReadable(_ descriptor: CInt) -> Bool {
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&waiting, 1, 0) > 0
  }

  private mutating func take(
    _ happening: Connection.Happening, _ connection: Connection, into batch: inout [Message],
    _ connected: () -> Void
  ) throws(LinkError) -> String? {
    switch happening {
    case .connected(let code, let reason):
      guard code == 0 else {
        let words = reason ?? String(cString: mosquitto_reason_string(code))
        return "the broker refused the connection: \(words) (reason code \(code))"
      }
      connected()
      isConnected = true
      try subscribe(connection)
    case .subscribed(let mid, let isGranted):
      guard isGranted else { return "the broker refused a subscription; check its access control list" }
      awaited.remove(mid)
      if awaited.isEmpty { try allSubscribed(connection) }
    case .message(let message): take(message, into: &batch)
    case .acknowledged(let mid):
      unacknowledged.remove(mid)
      if let token = tokens.removeValue(forKey: mid) { handler.delivered(token) }
    case .disconnected(let code): return "the broker ended the connection (\(String(cString: mosquitto_strerror(code))))"
    }
    return nil
  }

  private mutating func subscribe(_ connection: Connection) throws(LinkError) {
    var subscriptions = settings.subscriptions
    if let topic = settings.fenceTopic { subscriptions.append(.init(topic, qos: 0, wantsRetained: false)) }
    for subscription in subscriptions { awaited.insert(try connection.subscribe(subscription)) }
    if subscriptions.isEmpty { try allSubscribed(connection) }
  }

  private mutating func allSubscribed(_ connection: Connection) throws(LinkError) {
    if let topic = settings.fenceTopic {
      let token = (0..<16).map { _ in UInt8.random(in: 97...122) }
      fence = token
      _ = try connection.publish(OutgoingPublish(topic: topic, payload: token))
    }
    isSubscribed = true
    outbound.setUp(true)
    handler.subscribed()
  }

  private mutating func take(_ message: Message, into batch: inout [Message]) {
    if message.topic == settings.fenceTopic {
      if message.payload == fence { fence = nil }
      return
    }
    var message = message
    message.isBeforeFence = settings.fenceTopic != nil && (fence != nil || !isSubscribed)
    batch.append(message)
  }

  private mutating func publish(_ messages: [OutgoingPublish], _ connection: Connection) throws(LinkError) {
    for message in messages {
      let mid = try connection.publish(message)
      guard message.qos > 0 else { continue }
      unacknowledged.insert(mid)
      if let token = message.token { tokens[mid] = token }
    }
  }

  /// Publishes the rest and the last message, waits for their acknowledgments within the grace, says goodbye.
  private mutating func finish(_ connection: Connection, _ stop: Outbound.Stop) -> String {
    let end = BootTime.now() + stop.graceMilliseconds
    if isSubscribed, let last = stop.last { try? publish([last], connection) }
    while BootTime.now() < end, !unacknowledged.isEmpty || connection.wantsToWrite {
      if connection.wantsToWrite, connection.write() != MOSQ_ERR_SUCCESS.code { break }
      var waiting = pollfd(fd: connection.descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, 50) > 0 else { continue }
      guard connection.read() == MOSQ_ERR_SUCCESS.code else { break }
      // What still comes in is not acknowledged: the broker keeps it for the next connection.
      for case .acknowledged(let mid) in connection.takeHappenings() { unacknowledged.remove(mid) }
    }
    connection.disconnect()
    _ = connection.write()
    return "stopped"
  }

  private static func failure(_ code: CInt, _ what: String) -> String? {
    guard code != MOSQ_ERR_SUCCESS.code else { return nil }
    let words = code == MOSQ_ERR_ERRNO.code ? String(cString: strerror(errno)) : String(cString: mosquitto_strerror(code))
    return "\(what): \(words)"
  }
}
