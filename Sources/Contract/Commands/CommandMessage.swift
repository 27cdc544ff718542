internal import JSON
public import Jobs
public import Measures

/// A command as it came over MQTT or the control socket.
public enum CommandMessage {
  /// Commands are refused unread above this many bytes.
  public static let maximumBytes = 16_384
  /// What every command may carry besides its arguments.
  static let envelope: Set<String> = ["id", "expires_at"]

  /// What a payload says: who can be answered, until when it counts, and what it asks for.
  public struct Decoded: Hashable, Sendable {
    /// `nil` where no usable id could be read: the reply can go to the actor only, not to the command.
    public let id: String?
    public let expiresAt: WallTime?
    public let command: Result<Command, Refusal>

    public init(id: String?, expiresAt: WallTime?, command: Result<Command, Refusal>) {
      self.id = id
      self.expiresAt = expiresAt
      self.command = command
    }

    /// `expired`, if it came too late.
    public func lateness(at now: WallTime) -> Refusal? {
      guard let expiresAt, expiresAt < now else { return nil }
      return Refusal(.expired, "the command expired at \(expiresAt), it is \(now); nothing was done")
    }
  }

  /// Why a retained command is refused, live or stored.
  public static let retained = Refusal(
    .retained,
    "the command was published with the retain flag; publish it without, for a kept command is replayed")

  /// Reads a command. Total: any bytes give a command or a refusal, within `maximumBytes`.
  public static func decode(verb: String, payload: [UInt8]) -> Decoded {
    guard payload.count <= maximumBytes else {
      let message = "the command has \(payload.count) bytes, \(maximumBytes) are allowed"
      return Decoded(
        id: SalvagedID.find(in: payload), expiresAt: nil, command: .failure(Refusal(.tooLarge, message)))
    }
    let object: JSONObject
    do {
      object = try self.object(payload)
    } catch {
      // Two ids are none: whichever was answered, the other would wait.
      let id = error.hasTwoIDs ? nil : SalvagedID.find(in: payload)
      return Decoded(id: id, expiresAt: nil, command: .failure(error.refusal))
    }
    var id: String?
    var expiresAt: WallTime?
    do {
      id = try self.id(of: object)
      expiresAt = try expiry(of: object)
      return Decoded(id: id, expiresAt: expiresAt, command: .success(try command(verb, object)))
    } catch {
      return Decoded(id: id, expiresAt: expiresAt, command: .failure(error))
    }
  }

  /// 1 to 64 of `A-Za-z0-9._:-`.
  public static func isUsable(id: String) -> Bool {
    let plain = id.utf8.map { $0 == UInt8(ascii: ":") ? UInt8(ascii: ".") : $0 }
    return JobID.isValid(String(decoding: plain, as: UTF8.self))
  }

  private struct Unreadable: Error {
    let refusal: Refusal
    var hasTwoIDs = false
  }

  private static func object(_ payload: [UInt8]) throws(Unreadable) -> JSONObject {
    let value: JSONValue
    do {
      value = try JSONScanner.parse(payload, limits: .command)
    } catch {
      let code: RefusalCode = error.kind.isLimit ? .tooLarge : .malformed
      throw Unreadable(
        refusal: Refusal(code, error.sentence(about: "the command")),
        hasTwoIDs: error.kind == .duplicateKey("id"))
    }
    guard let object = value.object else {
      let found = ArgumentKind.found(value)
      throw Unreadable(refusal: Refusal(.malformed, "a command is a JSON object, found \(found)"))
    }
    return object
  }

  private static func id(of object: JSONObject) throws(Refusal) -> String {
    guard let value = object["id"] else {
      throw Refusal(.malformed, "missing id: every command carries its own, 1 to 64 of A-Z a-z 0-9 . _ : -")
    }
    guard let id = value.string else {
      throw Refusal(.malformed, "id must be a string, found \(ArgumentKind.found(value))")
    }
    guard isUsable(id: id) else {
      throw Refusal(.invalidArgument, "id must be 1 to 64 of A-Z a-z 0-9 . _ : -, found \(Text.quoted(id))")
    }
    return id
  }

  private static func expiry(of object: JSONObject) throws(Refusal) -> WallTime? {
    guard let value = object["expires_at"] else { return nil }
    guard let text = value.string else {
      throw Refusal(.malformed, "expires_at must be a time in RFC 3339, found \(ArgumentKind.found(value))")
    }
    guard let time = WallTime(rfc3339: text) else {
      throw Refusal(
        .invalidArgument, "expires_at must be a time such as 2026-11-21T08:30:00Z, found \(Text.quoted(text))"
      )
    }
    return time
  }

  private static func command(_ name: String, _ object: JSONObject) throws(Refusal) -> Command {
    guard let verb = CommandVerb.named(name) else {
      let nearest = Text.nearest(to: name, among: CommandVerb.all.map(\.name))
      let hint = nearest.map { "; did you mean \($0)?" } ?? ""
      throw Refusal(.unknownVerb, "there is no verb \(Text.quoted(name))\(hint)")
    }
    return try verb.command(from: object)
  }
}
