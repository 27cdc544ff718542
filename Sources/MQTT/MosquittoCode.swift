import CMosquitto
import Glibc

/// libmosquitto's result codes as the integers its functions return.
enum MosquittoCode {
  static let success = Int32(MOSQ_ERR_SUCCESS.rawValue)
  static let connectionPending = Int32(MOSQ_ERR_CONN_PENDING.rawValue)

  /// What a code says about a connection.
  /// - Parameters:
  ///   - systemError: `errno` right after the call.
  ///   - words: the library's last error line, which alone tells why TLS failed.
  static func reason(_ code: Int32, systemError: Int32, words: String?) -> LinkError.Reason {
    // OpenSSL's words for a peer that is gone without a goodbye, as most are.
    if let words, words.hasSuffix("unexpected eof while reading") { return .closed }
    return switch mosq_err_t(rawValue: numericCast(code)) {
    case MOSQ_ERR_ERRNO where systemError != 0: .system(systemText(systemError))
    case MOSQ_ERR_TLS, MOSQ_ERR_TLS_HANDSHAKE: .tls(words ?? text(code))
    case MOSQ_ERR_CONN_LOST where words != nil: .tls(words ?? "")
    case MOSQ_ERR_CONN_LOST, MOSQ_ERR_NO_CONN: .closed
    case MOSQ_ERR_KEEPALIVE: .keepalive
    case MOSQ_ERR_EAI: .nameNotResolved(text(code))
    case MOSQ_ERR_PROTOCOL, MOSQ_ERR_MALFORMED_PACKET, MOSQ_ERR_MALFORMED_UTF8, MOSQ_ERR_DUPLICATE_PROPERTY:
      .garbage(text(code))
    default: .system(text(code))
    }
  }

  static func text(_ code: Int32) -> String {
    guard let words = mosquitto_strerror(code) else { return "error \(code)" }
    return lowercasedFirst(String(cString: words))
  }

  /// The words of an MQTT 5 reason code.
  static func reasonText(_ code: UInt8) -> String {
    guard let words = mosquitto_reason_string(Int32(code)) else { return "reason \(code)" }
    return lowercasedFirst(String(cString: words))
  }

  static func systemText(_ number: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard strerror_r(number, &buffer, buffer.count) == 0 else { return "system error \(number)" }
    let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return lowercasedFirst(String(decoding: bytes, as: UTF8.self))
  }

  private static func lowercasedFirst(_ text: String) -> String {
    let trimmed = text.hasSuffix(".") ? String(text.dropLast()) : text
    return trimmed.prefix(1).lowercased() + trimmed.dropFirst()
  }
}
