internal import CMosquitto
internal import Glibc

/// One connection with a client object of its own: callbacks copy what came and hand it over; nothing else.
///
/// Used on the link's thread only.
final class Connection {
  enum Happening {
    case connected(code: CInt, reason: String?)
    case subscribed(mid: CInt, isGranted: Bool)
    case message(Message)
    case acknowledged(mid: CInt)
    case disconnected(code: CInt)
  }

  private var client: OpaquePointer?
  /// What the callbacks brought since the last look.
  private(set) var happenings: [Happening] = []

  private static let initialized: Bool = mosquitto_lib_init() == MOSQ_ERR_SUCCESS.code

  init(_ settings: LinkSettings) throws(LinkError) {
    guard Self.initialized else { throw LinkError("libmosquitto could not be initialized") }
    client = mosquitto_new(settings.clientID, settings.session == .clean, nil)
    guard client != nil else { throw LinkError("libmosquitto gave no client: \(String(cString: strerror(errno)))") }
    mosquitto_user_data_set(client, Unmanaged.passUnretained(self).toOpaque())
    // Packets leave only in `loop_write`, never from within a callback: that is what lets an acknowledgment wait.
    mosquitto_threaded_set(client, true)
    mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5)
    mosquitto_int_option(client, MOSQ_OPT_TCP_NODELAY, 1)
    try apply(settings)
    setCallbacks()
  }

  deinit { mosquitto_destroy(client) }

  private func apply(_ settings: LinkSettings) throws(LinkError) {
    if let username = settings.username {
      try check(mosquitto_username_pw_set(client, username, settings.password), "the login")
    }
    if let tls = settings.tls {
      if let authority = tls.authorityFile {
        try check(
          mosquitto_tls_set(client, authority, nil, tls.certificateFile, tls.keyFile, nil), "the TLS files")
      } else {
        mosquitto_int_option(client, MOSQ_OPT_TLS_USE_OS_CERTS, 1)
        if tls.certificateFile != nil {
          try check(
            mosquitto_tls_set(client, nil, "/etc/ssl/certs", tls.certificateFile, tls.keyFile, nil), "the TLS files")
        }
      }
    }
    if let will = settings.lastWill {
      try check(
        mosquitto_will_set_v5(
          client, will.topic, CInt(will.payload.count), will.payload, will.qos, will.isRetained, nil), "the last will")
    }
  }

  private func setCallbacks() {
    mosquitto_connect_v5_callback_set(client) { _, context, code, _, properties in
      Connection.from(context)?.note(.connected(code: code, reason: Connection.reason(properties)))
    }
    mosquitto_subscribe_v5_callback_set(client) { _, context, mid, count, granted, _ in
      let isGranted = (0..<Int(max(0, count))).allSatisfy { (granted?[$0] ?? 0x80) < 0x80 }
      Connection.from(context)?.note(.subscribed(mid: mid, isGranted: isGranted))
    }
    mosquitto_message_v5_callback_set(client) { _, context, message, properties in
      guard let message, let copy = Message(message.pointee, properties) else { return }
      Connection.from(context)?.note(.message(copy))
    }
    mosquitto_publish_v5_callback_set(client) { _, context, mid, _, _ in
      Connection.from(context)?.note(.acknowledged(mid: mid))
    }
    mosquitto_disconnect_v5_callback_set(client) { _, context, code, _ in
      Connection.from(context)?.note(.disconnected(code: code))
    }
  }

  private static func from(_ context: UnsafeMutableRawPointer?) -> Connection? {
    context.map { Unmanaged<Connection>.fromOpaque($0).takeUnretainedValue() }
  }

  private func note(_ happening: Happening) { happenings.append(happening) }

  func takeHappenings() -> [Happening] {
    defer { happenings.removeAll(keepingCapacity: true) }
    return happenings
  }

  // MARK: Doing

  /// Blocks while the name is looked up and TCP connects; the link has probed the broker before.
  func connect(_ settings: LinkSettings) throws(LinkError) {
    var properties: OpaquePointer?
    defer { mosquitto_property_free_all(&properties) }
    if case .durable(let seconds) = settings.session {
      mosquitto_property_add_int32(&properties, CInt(MQTT_PROP_SESSION_EXPIRY_INTERVAL.rawValue), seconds)
    }
    mosquitto_property_add_int32(
      &properties, CInt(MQTT_PROP_MAXIMUM_PACKET_SIZE.rawValue), settings.maximumPacketBytes)
    let code = mosquitto_connect_bind_v5(
      client, settings.host, CInt(settings.port), settings.keepAliveSeconds, nil, properties)
    try check(code, "connecting")
  }

  /// - Returns: the packet's id.
  func subscribe(_ subscription: LinkSettings.Subscription) throws(LinkError) -> CInt {
    var mid: CInt = 0
    // Retain-as-published: without it the broker clears the flag, and a retained command looks like a live one.
    let handling = subscription.wantsRetained ? MQTT_SUB_OPT_SEND_RETAIN_ALWAYS : MQTT_SUB_OPT_SEND_RETAIN_NEVER
    let options = CInt(MQTT_SUB_OPT_RETAIN_AS_PUBLISHED.rawValue | handling.rawValue)
    try check(
      mosquitto_subscribe_v5(client, &mid, subscription.filter, subscription.qos, options, nil),
      "subscribing to \(subscription.filter)")
    return mid
  }

  /// - Returns: the packet's id.
  func publish(_ message: OutgoingPublish) throws(LinkError) -> CInt {
    var properties: OpaquePointer?
    defer { mosquitto_property_free_all(&properties) }
    if let data = message.correlationData, data.count <= UInt16.max {
      mosquitto_property_add_binary(
        &properties, CInt(MQTT_PROP_CORRELATION_DATA.rawValue), data, UInt16(data.count))
    }
    if let topic = message.responseTopic {
      mosquitto_property_add_string(&properties, CInt(MQTT_PROP_RESPONSE_TOPIC.rawValue), topic)
    }
    var mid: CInt = 0
    try check(
      mosquitto_publish_v5(
        client, &mid, message.topic, CInt(message.payload.count), message.payload, message.qos, message.isRetained,
        properties), "publishing to \(message.topic)")
    return mid
  }

  var descriptor: CInt { mosquitto_socket(client) }
  var wantsToWrite: Bool { mosquitto_want_write(client) }
  func read() -> CInt { mosquitto_loop_read(client, 1) }
  func write() -> CInt { mosquitto_loop_write(client, 1) }
  func keepAlive() -> CInt { mosquitto_loop_misc(client) }
  func disconnect() { _ = mosquitto_disconnect_v5(client, 0, nil) }

  /// Ends the connection without a goodbye: nothing that waits to be written leaves.
  func cut() {
    let descriptor = self.descriptor
    if descriptor >= 0 { shutdown(descriptor, CInt(SHUT_RDWR)) }
  }

  private func check(_ code: CInt, _ what: String) throws(LinkError) {
    guard code != MOSQ_ERR_SUCCESS.code else { return }
    let system = code == MOSQ_ERR_ERRNO.code ? String(cString: strerror(errno)) : String(cString: mosquitto_strerror(code))
    throw LinkError("\(what): \(system)")
  }

  private static func reason(_ properties: OpaquePointer?) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard mosquitto_property_read_string(properties, CInt(MQTT_PROP_REASON_STRING.rawValue), &text, false) != nil,
      let text
    else { return nil }
    defer { free(text) }
    return String(cString: text)
  }
}

extension Message {
  /// `nil` for a topic that is not text: nobody of ours publishes such.
  fileprivate init?(_ message: mosquitto_message, _ properties: OpaquePointer?) {
    guard let topic = message.topic, let text = String(validatingCString: topic) else { return nil }
    self.topic = text
    let count = Int(max(0, message.payloadlen))
    payload = message.payload.map { Array(UnsafeRawBufferPointer(start: $0, count: count)) } ?? []
    qos = message.qos
    isRetained = message.retain
    var response: UnsafeMutablePointer<CChar>?
    if mosquitto_property_read_string(properties, CInt(MQTT_PROP_RESPONSE_TOPIC.rawValue), &response, false) != nil,
      let response
    {
      responseTopic = String(validatingCString: response)
      free(response)
    } else {
      responseTopic = nil
    }
    var data: UnsafeMutableRawPointer?
    var length: UInt16 = 0
    if mosquitto_property_read_binary(properties, CInt(MQTT_PROP_CORRELATION_DATA.rawValue), &data, &length, false) != nil,
      let data
    {
      correlationData = Array(UnsafeRawBufferPointer(start: data, count: Int(length)))
      free(data)
    } else {
      correlationData = nil
    }
  }
}

/// What went wrong on a link, as a sentence.
public struct LinkError: Error, Sendable, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}

extension mosq_err_t {
  var code: CInt { CInt(rawValue) }
}
