internal import JSON
public import Jobs

/// The answer to a command: `{"id","ok":true,"result":{…}}` or
/// `{"id","ok":false,"error":{"code","message"}}`.
public struct Reply: Hashable, Sendable {
  /// The command's; `nil` where it had none that could be used.
  public let id: String?
  public let result: Result<Receipt, Refusal>

  public init(id: String?, result: Result<Receipt, Refusal>) {
    self.id = id
    self.result = result
  }

  /// The same reply gives the same bytes: a repeated command gets them again.
  public static func bytes(id: String?, result: Result<Receipt, Refusal>) -> [UInt8] {
    var object: JSONObject = ["id": id.map(JSONValue.string) ?? .null]
    switch result {
    case .success(let receipt):
      object["ok"] = true
      object["result"] = (try? JSONValueEncoder().encode(receipt)) ?? .object([:])
    case .failure(let refusal):
      object["ok"] = false
      object["error"] = .object(["code": .string(refusal.code.rawValue), "message": .string(refusal.message)])
    }
    return JSONValue.object(object).compactBytes
  }

  /// Reads a reply, for programs on the other side.
  /// - Throws: `ContractError` for bytes that are no reply.
  public static func decode(_ bytes: [UInt8]) throws(ContractError) -> Reply {
    let value = try ContractError.parsing("the reply", bytes)
    guard let object = value.object, let ok = object["ok"]?.bool, let id = object["id"] else {
      throw ContractError("the reply has no id or no ok")
    }
    guard ok else {
      guard let code = object["error"]?["code"]?.string.flatMap(RefusalCode.init(rawValue:)),
        let message = object["error"]?["message"]?.string
      else { throw ContractError("the reply's error has no code or message this version knows") }
      return Reply(id: id.string, result: .failure(Refusal(code, message)))
    }
    do {
      let receipt = try JSONValueDecoder().decode(Receipt.self, from: object["result"] ?? .null)
      return Reply(id: id.string, result: .success(receipt))
    } catch {
      throw ContractError("the reply's result cannot be read: \(error)")
    }
  }
}
