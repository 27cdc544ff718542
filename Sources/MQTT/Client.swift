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
  private(set) var lastWords: String?

  init(_ settings: LinkSettings) throws(LinkError.Reason) {
    Self.startLibrary
    let clean = settings.session == .clean
    guard let handle = mosquitto_new(settings.clientID, clean, nil) else {
      throw .system(MosquittoCode.systemText(errno))
    }
    self.handle = handle
    mosquitto_user_data_set(handle, Unmanaged.passUnretained(self).toOpaque())
    // Without this the library writes the PUBACK from within the read, before anything is stored.
    try check(mosquitto_threaded_set(handle, true), "threads")
    try check(setOption(MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5), "MQTT 5")
    try check(setOption(MOSQ_OPT_TCP_NODELAY, 1), "TCP_NODELAY")
    try check(setOption(MOSQ_OPT_SEND_MAXIMUM, Int32(settings.inFlightLimit)), "in-flight limit")
    try check(setOption(MOSQ_OPT_RECEIVE_MAXIMUM, Int32(settings.receiveMaximum)), "receive maximum")
    if let username = settings.username {
      try check(mosquitto_username_pw_set(handle, username, settings.password), "user name and password")
    }
    if let will = settings.will { try setWill(will) }
    if let tls = settings.tls { try setTLS(tls) }
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
    let trimmed = words.hasPrefix("Error: ") ? String(words.dropFirst(7)) : words
    lastWords = lastWords.map { $0.count > 400 ? $0 : "\($0); \(trimmed)" } ?? trimmed
  }

  func takeEvents() -> [ClientEvent] {
    defer { events = [] }
    return events
  }

  /// Starts connecting without waiting for TCP, TLS or the CONNACK.
  /// - Parameter route: to an address literal, so that no name is looked up here; with TLS to the name.
  func connect(_ settings: LinkSettings, _ route: Route) throws(LinkError.Reason) {
    var properties = PropertyList()
    if case .durable(let expiry) = settings.session {
      properties.add(MQTT_PROP_SESSION_EXPIRY_INTERVAL, int32: expiry)
    }
    properties.add(MQTT_PROP_MAXIMUM_PACKET_SIZE, int32: settings.maximumPacketSize)
    properties.add(MQTT_PROP_RECEIVE_MAXIMUM, int16: settings.receiveMaximum)
    let keepalive = Int32(settings.keepaliveSeconds)
    // The only call that takes CONNECT properties also connects, and waits in connect(2) for minutes if
    // the host is mute. It stores the properties before it looks at the port, so a port that is none
    // makes it store them and return; the asynchronous call then sends them.
    let stored = mosquitto_connect_bind_v5(handle, route.host, -1, keepalive, nil, properties.head)
    guard stored == Int32(MOSQ_ERR_INVAL.rawValue) else {
      throw .system("libmosquitto took port -1 (result \(stored)); this build of it is not supported")
    }
    errno = 0
    let code = mosquitto_connect_bind_async(
      handle, route.host, Int32(settings.port), keepalive, route.source)
    let systemError = errno
    if code > 0 { throw MosquittoCode.reason(code, systemError: systemError, words: lastWords) }
  }

  /// Reads once; the library stops after about one packet. What came is in `events`.
  func read() throws(LinkError.Reason) {
    errno = 0
    try check(mosquitto_loop_read(handle, 1), systemError: errno)
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
      throw MosquittoCode.reason(code, systemError: systemError, words: lastWords)
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

  private func setTLS(_ tls: TLSSettings) throws(LinkError.Reason) {
    let files = [
      ("ca_file", tls.authorityFile), ("client_certificate_file", tls.clientCertificateFile),
      ("client_key_file", tls.clientKeyFile),
    ]
    for case (let key, let file?) in files where access(file, R_OK) != 0 {
      throw .settings("cannot read \(key) \(file): \(MosquittoCode.systemText(errno))")
    }
    let directory = tls.authorityFile == nil ? "/etc/ssl/certs" : nil
    // Without a password callback OpenSSL would ask for an encrypted key's password on the terminal.
    let code = mosquitto_tls_set(
      handle, tls.authorityFile, directory, tls.clientCertificateFile, tls.clientKeyFile, { _, _, _, _ in 0 })
    try check(code, "TLS files")
    try check(mosquitto_tls_opts_set(handle, 1, nil, nil), "TLS verification")
  }
}
