/// Why a link could not start, or why a connection ended, as a sentence:
/// `mqtt commands link, mqtt://127.0.0.1:1883: connection refused (4th time; next try in 8 s)`.
public struct LinkError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Reason: Error, Sendable, Equatable {
    /// The settings cannot work; the text says why.
    case settings(String)
    case nameNotResolved(String)
    /// The TCP connection failed or broke, with the system's words.
    case system(String)
    /// Nothing came in time; the text says what was waited for.
    case timedOut(String)
    /// CONNACK with a reason of 0x80 or above (or a v3 code of 1 to 5).
    case refused(code: UInt8, text: String)
    /// SUBACK with a reason of 0x80 or above, or with a lower QoS than was asked for.
    case subscriptionRefused(filter: String, code: UInt8, text: String)
    /// The TLS library's words.
    case tls(String)
    /// The broker closed the connection without a word.
    case closed
    /// It did so soon after it had accepted this client, and again and again.
    case closedAgain(clientID: String)
    /// The process was stopped, or the machine asleep, for so many milliseconds: what came meanwhile was not heard
    /// when it was said.
    case unattended(milliseconds: Int64)
    /// The broker sent DISCONNECT with a reason.
    case disconnected(code: UInt8, text: String)
    /// What came is not MQTT, or not allowed here.
    case garbage(String)
    case keepalive
    /// The handler could not store a batch; the broker will send it again.
    case notCommitted
    /// `Link.cut` was called.
    case cut
    /// The fence did not come back.
    case fenceMissing(topic: String)
  }

  public var link: String
  public var broker: String
  public var reason: Reason
  /// Failures in a row, from 1; 0 where it is not counted.
  public var attempt = 0
  /// Milliseconds until the next try; nil where there is none.
  public var nextTryMilliseconds: Int64?

  public var description: String {
    var text = "mqtt \(link) link, \(broker): \(reason.sentence)"
    var notes: [String] = []
    if attempt > 1 { notes.append("\(attempt)\(ordinalSuffix(attempt)) time") }
    if let next = nextTryMilliseconds {
      notes.append("next try in " + (next < 1_000 ? "\(next) ms" : "\((next + 500) / 1_000) s"))
    }
    if !notes.isEmpty { text += " (\(notes.joined(separator: "; ")))" }
    return text
  }

  private func ordinalSuffix(_ number: Int) -> String {
    if (11...13).contains(number % 100) { return "th" }
    switch number % 10 {
    case 1: return "st"
    case 2: return "nd"
    case 3: return "rd"
    default: return "th"
    }
  }
}

extension LinkError.Reason {
  var sentence: String {
    switch self {
    case .settings(let text): text
    case .nameNotResolved(let text): "the host name cannot be resolved: \(text)"
    case .system(let text): text
    case .timedOut(let text): "no \(text)"
    case .refused(let code, let text): "the broker refuses the connection: \(text)\(advice(code))"
    case .subscriptionRefused(let filter, let code, let text):
      "the broker refuses the subscription '\(filter)': \(text); check its "
        + (code < 0x80 ? "max_qos" : "access list")
    case .tls(let text): "TLS failed: \(text)"
    case .closed: "the broker closed the connection"
    case .closedAgain(let client):
      "the broker closes the connection soon after it is accepted; check that no second gateway with this id is "
        + "connected (client id \(client)), and the broker's log"
    case .unattended(let milliseconds):
      "nobody listened for \(milliseconds / 1_000) s (stopped, or the machine asleep); connecting anew, so that "
        + "devices say again how they are"
    case .disconnected(0x8E, _):
      "another client took over the session; check that no second gateway uses this client id"
    case .disconnected(_, let text): "the broker ended the connection: \(text)"
    case .garbage(let text): "the broker sent what is not MQTT (\(text)); check the port"
    case .keepalive: "the broker does not answer the keepalive ping"
    case .notCommitted: "a batch could not be stored; dropped unacknowledged, so that it comes again"
    case .cut: "cut from this side; what was not acknowledged comes again"
    case .fenceMissing(let topic):
      "the fence on '\(topic)' did not come back; check that the access list lets this user publish to "
        + "and read that topic; button presses are not applied until it does"
    }
  }

  private func advice(_ code: UInt8) -> String {
    switch code {
    case 4, 5, 0x86, 0x87: "; check the user name and the password file"
    case 2, 0x85: "; check the client id"
    case 0x8A: "; the client id or the user is banned"
    case 1, 0x84: "; it does not know this version of MQTT (the shop's broker must know MQTT 5)"
    default: ""
    }
  }

  /// A few words to count by in statistics.
  public var label: String {
    switch self {
    case .settings: "settings"
    case .nameNotResolved: "name not resolved"
    case .system(let text): text
    case .timedOut: "timed out"
    case .refused(_, let text): text
    case .subscriptionRefused: "subscription refused"
    case .tls: "TLS"
    case .closed, .closedAgain: "closed by the broker"
    case .unattended: "unattended"
    case .disconnected(_, let text): text
    case .garbage: "protocol error"
    case .keepalive: "keepalive"
    case .notCommitted: "not committed"
    case .cut: "cut"
    case .fenceMissing: "fence missing"
    }
  }
}
