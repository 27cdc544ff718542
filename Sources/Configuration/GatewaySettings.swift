public import Measures

/// The gateway itself: its name in the topics, and how it keeps its promises.
public struct GatewaySettings: Hashable, Sendable {
  /// The topic prefix is `chargehand/ID`. 1 to 64 of `A-Za-z0-9._-`.
  public var id: String
  /// For people; the id where none is given.
  public var name: String
  /// By its name in the IANA database.
  public var timezone: String
  public var currency: Currency
  /// An absolute path.
  public var stateDirectory: String
  /// An absolute path.
  public var controlSocket: String
  /// Growing tallies are committed at least so often.
  public var commitInterval: Span
  /// A grace after completion in which `job.reopen` cancels the draft unseen.
  public var draftDelay: Span
  public var requiresSynchronizedClock: Bool

  public static let defaultStateDirectory = "/var/lib/chargehand"
  public static let defaultCommitInterval = Span.seconds(5)
}

extension ConfigurationReader {
  func gateway(_ cursor: Cursor?) -> GatewaySettings? {
    guard let section = cursor?.section() else { return nil }
    let id = section.required("id")?.id(GatewaySettings.self)
    let name = section.optional("name").map { $0.line() }
    let timezone = section.optional("timezone").map(self.timezone)
    let currency = section.required("currency")?.read(
      "a currency that ISO 4217 lists as in use, such as USD"
    ) { Currency(code: $0) }
    let directory = section.optional("state_directory").map { $0.absolutePath() }
    let socket = section.optional("control_socket").map(controlSocket)
    let interval = section.optional("commit_interval").map { $0.span(.milliseconds(100)...(.minutes(1))) }
    let delay = section.optional("draft_delay").map { $0.span(.zero...(.hours(168))) }
    let synchronized = section.optional("require_synchronized_clock").map { $0.bool() }
    section.finish()
    guard let id, let currency else { return nil }
    let stateDirectory = (directory ?? GatewaySettings.defaultStateDirectory) ?? ""
    return GatewaySettings(
      id: id.text, name: (name ?? id.text) ?? "", timezone: (timezone ?? "UTC") ?? "UTC", currency: currency,
      stateDirectory: stateDirectory, controlSocket: (socket ?? stateDirectory + "/control.sock") ?? "",
      commitInterval: (interval ?? GatewaySettings.defaultCommitInterval) ?? .zero,
      draftDelay: (delay ?? .zero) ?? .zero, requiresSynchronizedClock: (synchronized ?? false) ?? false)
  }

  private func timezone(_ cursor: Cursor) -> String? {
    let name = cursor.read("a time zone such as America/Chicago or UTC") { text -> String? in
      let parts = text.split(separator: "/", omittingEmptySubsequences: false)
      let isName = parts.allSatisfy { part in
        !part.isEmpty && part != "." && part != ".."
          && part.utf8.allSatisfy {
            "_+-".utf8.contains($0) || Character(Unicode.Scalar($0)).isASCIIAlphanumeric
          }
      }
      return isName && text.utf8.count <= 64 ? text : nil
    }
    if let name, !environment.isFile("\(environment.zoneinfoDirectory)/\(name)") {
      cursor.warning("this machine does not know the time zone \(name.shown); UTC is used until it does")
    }
    return name
  }

  /// The address of a Unix socket holds 107 bytes.
  private func controlSocket(_ cursor: Cursor) -> String? {
    cursor.read("an absolute path of at most 107 bytes") {
      $0.hasPrefix("/") && $0.isLine(maximum: 107) ? $0 : nil
    }
  }
}

extension Character {
  var isASCIIAlphanumeric: Bool { isASCII && (isLetter || isNumber) }
}
