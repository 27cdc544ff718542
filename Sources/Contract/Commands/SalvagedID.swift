/// The id of a command that cannot be read otherwise, so that its sender is not left without an answer.
///
/// Only where it is the first member, as every tool of ours writes it: `{"id":"panel-7",…`.
struct SalvagedID {
  private var rest: ArraySlice<UInt8>

  static func find(in payload: [UInt8]) -> String? {
    // 64 bytes of id, the rest of the beginning, and some room for white space.
    var reader = SalvagedID(rest: payload.prefix(256))
    guard reader.take(UInt8(ascii: "{")), reader.takeKey(), reader.take(UInt8(ascii: ":")),
      reader.take(UInt8(ascii: "\""))
    else { return nil }
    let id = String(decoding: reader.rest.prefix { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
    reader.rest = reader.rest.dropFirst(id.utf8.count)
    guard CommandMessage.isUsable(id: id), reader.take(UInt8(ascii: "\"")),
      reader.take(UInt8(ascii: ",")) || reader.take(UInt8(ascii: "}"))
    else { return nil }
    return id
  }

  private mutating func takeKey() -> Bool {
    skipSpace()
    let key = Array(#""id""#.utf8)
    guard rest.starts(with: key) else { return false }
    rest = rest.dropFirst(key.count)
    return true
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    if byte != UInt8(ascii: "\"") || rest.first != byte { skipSpace() }
    guard rest.first == byte else { return false }
    rest = rest.dropFirst()
    return true
  }

  private mutating func skipSpace() {
    rest = rest.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
  }
}
