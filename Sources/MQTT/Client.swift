import CMosquitto
import Glibc

/// What a callback of the library saw, copied.
enum ClientEvent: Sendable {
  case accepted(code: UInt8, sessionPresent: Bool)
  case message(Message)
  case published(packet: Int32, code: UInt8)
  case subscribed(packet: Int32, codes: [UInt8])
  /// A result code of the library, or above 0x7F the broker's own reason.
  case ended(code: Int32)
}

/// One libmosquitto client for one connection; lives on the link's thread only. A fresh one is made for
/// each connection, because the library keeps messages over a reconnect and would send them twice.
final class Client {
  private let handle: OpaquePointer
  /// What the callbacks saw since `takeEvents`.
  private(set) var events: [ClientEvent] = []
  /// The library's error lines of this connection.
  private var lastWords: String?
  /// What ended the connection, where the library keeps it to itself: during a TLS handshake it takes every
  /// error of the system for nothing to read.
  private(set) var networkError: Int32?
  /// Outlives the library's connection, which calls into it.
  private var tls: TLSContext?
  private let version: ProtocolVersion

  init(_ settings: LinkSettings, _ version: ProtocolVersion) throws(LinkError.Reason) {
    Self.startLibrary
    self.version = version
    let clean = settings.session == .clean
    guard let handle = mosquitto_new(settings.clientID, clean, nil) else {
      throw .system(MosquittoCode.systemText(errno))
    }
    self.handle = handle
    mosquitto_user_data_set(handle, Unmanaged.passUnretained(self).toOpaque())
    // Without this the library writes the PUBACK from within the read, before anything is stored.
    try check(mosquitto_threaded_set(handle, true), "threads")
    try check(setOption(MOSQ_OPT_PROTOCOL_VERSION, version.libraryValue), "\(version)")
    try check(setOption(MOSQ_OPT_TCP_NODELAY, 1), "TCP_NODELAY")
    try check(setOption(MOSQ_OPT_SEND_MAXIMUM, Int32(settings.inFlightLimit)), "in-flight limit")
    try check(setOption(MOSQ_OPT_RECEIVE_MAXIMUM, Int32(settings.receiveMaximum)), "receive maximum")
    if let username = settings.username {
      let password = try Self.password(settings)
      try check(mosquitto_username_pw_set(handle, username, password), "user name and password")
    }
    if let will = settings.will { try setWill(will) }
    if let tls = settings.tls { try setTLS(TLSContext(tls, host: settings.host)) }
    setCallbacks()
  }

  deinit {
    // The callbacks' context is gone from here on; destroying the client sends nothing.
    mosquitto_user_data_set(handle, nil)
    mosquitto_destroy(handle)
  }

  /// Initialized once for the process, never cleaned up: other links may still use it.
  private static let startLibrary: Void = { _ = mosquitto_lib_init() }()

  /// For the callbacks' extension.
  var rawHandle: OpaquePointer { handle }

  /// The connection's descriptor, or -1.
  var socket: Int32 { mosquitto_socket(handle) }
  var wantsWrite: Bool { mosquitto_want_write(handle) }

  func note(_ event: ClientEvent) { events.append(event) }

  /// TLS tells its reason in several lines; they are joined.
  func noteWords(_ words: String) {
    var trimmed = words.hasPrefix("Error: ") ? String(words.dropFirst(7)) : words
    // `OpenSSL Error[0]: error:0A000086:SSL routines::certificate verify failed`.
    if trimmed.hasPrefix("OpenSSL Error"), let reason = trimmed.split(separator: "::").last {
      trimmed = String(reason)
    }
    lastWords = lastWords.map { $0.count > 400 ? $0 : "\($0); \(trimmed)" } ?? trimmed
  }

  func takeEvents() -> [ClientEvent] {
    defer { events = [] }
    return events
  }

  /// The library's words, or better ours: it says of every refused certificate only that it was.
  private var words: String? { tls?.refusal?.sentence ?? lastWords }

  /// Starts connecting without waiting for TCP, TLS or the CONNACK.
  /// - Parameter address: a literal, so that no name is looked up here.
  func connect(_ settings: LinkSettings, address: String) throws(LinkError.Reason) {
    let keepalive = Int32(settings.keepaliveSeconds)
    if version == .five { try storeProperties(settings, address, keepalive) }
    errno = 0
    let code = mosquitto_connect_async(handle, address, Int32(settings.port), keepalive)
    let systemError = errno
    noteNetworkError(systemError)
    if code > 0 { throw MosquittoCode.reason(code, systemError: systemError, words: words) }
    if let tls, !tls.governs(mosquitto_ssl_get(handle).map { OpaquePointer($0) }) {
      throw .system("libmosquitto did not take our TLS settings; this build of it is not supported")
    }
  }

  private func storeProperties(
    _ settings: LinkSettings, _ address: String, _ keepalive: Int32
  ) throws(LinkError.Reason) {
    var properties = PropertyList()
    if case .durable(let expiry) = settings.session {
      properties.add(MQTT_PROP_SESSION_EXPIRY_INTERVAL, int32: expiry)
    }
    properties.add(MQTT_PROP_MAXIMUM_PACKET_SIZE, int32: settings.maximumPacketSize)
    properties.add(MQTT_PROP_RECEIVE_MAXIMUM, int16: settings.receiveMaximum)
    // The only call that takes CONNECT properties also connects, and waits in connect(2) for minutes if
    // the host is mute. It stores the properties before it looks at the port, so a port that is none
    // makes it store them and return; the asynchronous call then sends them.
    let stored = mosquitto_connect_bind_v5(handle, address, -1, keepalive, nil, properties.head)
    guard stored == Int32(MOSQ_ERR_INVAL.rawValue) else {
      throw .system("libmosquitto took port -1 (result \(stored)); this build of it is not supported")
    }
  }

  /// Reads once; the library stops after about one packet. What came is in `events`.
  func read() throws(LinkError.Reason) {
    errno = 0
    let code = mosquitto_loop_read(handle, 1)
    let systemError = errno
    noteNetworkError(systemError)
    try check(code, systemError: systemError)
  }

  private func noteNetworkError(_ code: Int32) {
    let fatal = [ECONNREFUSED, ECONNRESET, EHOSTUNREACH, ENETUNREACH, ETIMEDOUT]
    if networkError == nil, fatal.contains(code) { networkError = code }
  }

  /// Writes what the socket takes.
  func write() throws(LinkError.Reason) {
    errno = 0
    try check(mosquitto_loop_write(handle, 1), systemError: errno)
  }

  /// Pings, and notices a missing answer.
  func tick() throws(LinkError.Reason) {
    errno = 0
    try check(mosquitto_loop_misc(handle), systemError: errno)
  }

  /// Closes the connection for both sides at once; nothing that is queued leaves any more.
  func cut() {
    if socket >= 0 { _ = shutdown(socket, Int32(SHUT_RDWR)) }
  }

  func disconnect() { _ = mosquitto_disconnect_v5(handle, 0, nil) }

  func subscribe(_ subscription: Subscription) throws(LinkError.Reason) -> Int32 {
    var options: UInt32 =
      switch subscription.retained {
      case .always: MQTT_SUB_OPT_SEND_RETAIN_ALWAYS.rawValue
      case .onlyNew: MQTT_SUB_OPT_SEND_RETAIN_NEW.rawValue
      case .never: MQTT_SUB_OPT_SEND_RETAIN_NEVER.rawValue
      }
    if subscription.retainAsPublished { options |= MQTT_SUB_OPT_RETAIN_AS_PUBLISHED.rawValue }
    var packet: Int32 = 0
    let code = mosquitto_subscribe_v5(
      handle, &packet, subscription.filter, Int32(subscription.qos.rawValue), Int32(options), nil)
    try check(code, "subscription '\(subscription.filter)'")
    return packet
  }

  enum Sent { case packet(Int32), refused(String) }

  /// Queues a PUBLISH in the library; call only while connected.
  func publish(_ publication: Publication) -> Sent {
    let properties = PropertyList(of: publication)
    var packet: Int32 = 0
    guard let count = Int32(exactly: publication.payload.count) else { return .refused("payload too large") }
    let code = mosquitto_publish_v5(
      handle, &packet, publication.topic, count, publication.payload, Int32(publication.qos.rawValue),
      publication.retain, properties.head)
    return code == MosquittoCode.success ? .packet(packet) : .refused(MosquittoCode.text(code))
  }

  private func check(_ code: Int32, systemError: Int32) throws(LinkError.Reason) {
    if code != MosquittoCode.success {
      throw MosquittoCode.reason(code, systemError: systemError, words: words)
    }
  }

  private func check(_ code: Int32, _ what: String) throws(LinkError.Reason) {
    if code != MosquittoCode.success { throw .settings("\(what): \(MosquittoCode.text(code))") }
  }

  private func setOption(_ option: mosq_opt_t, _ value: Int32) -> Int32 {
    mosquitto_int_option(handle, option, value)
  }

  private func setWill(_ will: Publication) throws(LinkError.Reason) {
    guard let count = Int32(exactly: will.payload.count) else { throw .settings("last will: too large") }
    let code = mosquitto_will_set_v5(
      handle, will.topic, count, will.payload, Int32(will.qos.rawValue), will.retain, nil)
    try check(code, "last will")
  }

  /// The library takes the context as it is: with its defaults it would put its own verification over ours.
  private func setTLS(_ context: TLSContext) throws(LinkError.Reason) {
    tls = context
    let pointer = UnsafeMutableRawPointer(context.handle)
    try check(mosquitto_void_option(handle, MOSQ_OPT_SSL_CTX, pointer), "TLS settings")
    try check(setOption(MOSQ_OPT_SSL_CTX_WITH_DEFAULTS, 0), "TLS settings of our own")
  }

  private static func password(_ settings: LinkSettings) throws(LinkError.Reason) -> String? {
    guard let read = settings.readPassword else { return settings.password }
    let password: String
    do {
      password = try read()
    } catch {
      throw .settings("\(error)")
    }
    if password.utf8.contains(0) { throw .settings("the password has a NUL") }
    return password
  }
}
