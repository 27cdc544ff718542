import JSON
import Measures
import Metering

/// A number taken from a sample, or why there is none.
enum Amount: Equatable {
  case success(Decimal)
  case failure(Rejection)

  init(_ amount: Decimal?, orElse reason: Rejection) {
    if let amount { self = .success(amount) } else { self = .failure(reason) }
  }

  /// A number as a payload writes it; spaces around it are allowed.
  ///
  /// Text that is not a number (`nan`, `inf`, `962.5 g`) is refused: a number is never zero by default.
  init(text: String, scale: Decimal) {
    let trimmed = text.trimmingASCIISpace
    guard Decimal(withExponent: trimmed) != nil || JSONNumber(text: String(trimmed)) != nil else {
      self = .failure(.notANumber)
      return
    }
    self.init(Decimal(measured: trimmed)?.scaled(by: scale), orElse: .outOfRange)
  }

  /// A number as a JSON document holds it. Some devices write their numbers as strings.
  init(json: JSONValue, scale: Decimal) {
    switch json {
    case .number(let number): self.init(text: number.text, scale: scale)
    case .string(let text): self.init(text: text, scale: scale)
    case .null: self = .failure(.missingField)
    case .bool, .array, .object: self = .failure(.wrongType)
    }
  }
}

extension String {
  /// Without spaces, tabs and line ends at both ends.
  var trimmingASCIISpace: Substring {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    guard let first = utf8.firstIndex(where: { !isSpace($0) }),
      let last = utf8.lastIndex(where: { !isSpace($0) })
    else { return "" }
    return self[first...last]
  }
}
