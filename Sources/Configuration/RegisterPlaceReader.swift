import Devices

/// A table and a wire address, as one key of the file gives them: `holding: 7`.
struct RegisterPlace {
  let table: RegisterTable
  let address: UInt16
  let cursor: Cursor
}

/// How a device's documentation counts its addresses.
enum AddressBase: String, CaseIterable {
  /// As on the wire, from 0.
  case zero = "0"
  /// From 1.
  case one = "1"
  /// From 1 with the table's number in front: 40001 or 400001 is the first holding register.
  case modicon

  /// The ranges that addresses of a table are written in, each beginning with wire address 0.
  func ranges(_ table: RegisterTable) -> [ClosedRange<Int>] {
    switch self {
    case .zero: return [0...65_535]
    case .one: return [1...65_536]
    case .modicon:
      let digit =
        switch table {
        case .coil: 0
        case .discreteInput: 1
        case .input: 3
        case .holding: 4
        }
      return [digit * 10_000 + 1...digit * 10_000 + 9_999, digit * 100_000 + 1...digit * 100_000 + 65_536]
    }
  }
}

extension ConfigurationReader {
  /// The one table key of a section.
  func place(_ section: Section) -> RegisterPlace? {
    let given = RegisterTable.allCases.compactMap { table in
      section.optional(table.rawValue).map { (table, $0) }
    }
    let names = RegisterTable.allCases.map(\.rawValue).joined(separator: ", ")
    guard let (table, cursor) = given.first else {
      section.cursor.mistake("expected one of \(names) with its address (found none)")
      return nil
    }
    if given.count > 1 {
      section.refuse(given[1].0.rawValue, "a value stands in one table only (found \(table.rawValue) too)")
    }
    guard let address = address(cursor, table) else { return nil }
    return RegisterPlace(table: table, address: address, cursor: cursor)
  }

  private func address(_ cursor: Cursor, _ table: RegisterTable) -> UInt16? {
    let ranges = addressBase.ranges(table)
    let shown = ranges.map { "from \($0.lowerBound) to \($0.upperBound)" }.joined(separator: ", or ")
    return cursor.read("a whole number \(shown)") { text in
      guard let number = text.hasPrefix("0x") ? Int(text.dropFirst(2), radix: 16) : Int(text),
        let range = ranges.first(where: { $0.contains(number) })
      else { return nil }
      return UInt16(exactly: number - range.lowerBound)
    }
  }

  /// Several conditions of one meaning: one mapping, or a list of them.
  func flags(_ key: String, _ section: Section) -> [RegisterBit] {
    section.optional(key)?.oneOrMore().compactMap { flag($0) } ?? []
  }

  /// `{holding: 6, bit: 11}`, `{input: 6, mask: 0x3F}`, `{discrete_input: 2, inverted: true}`.
  func flag(_ cursor: Cursor) -> RegisterBit? {
    guard let flag = cursor.section() else { return nil }
    let bit = bit(flag, place(flag))
    flag.finish()
    return bit
  }

  func bit(_ section: Section, _ place: RegisterPlace?) -> RegisterBit? {
    let inverted = section.optional("inverted").map { $0.bool() }
    let bit = section.optional("bit")
    let mask = section.optional("mask")
    guard let place else { return nil }
    if place.table.holdsBits {
      for key in ["bit", "mask"] {
        section.refuse(key, "is for registers; a \(place.table.rawValue) is a bit already")
      }
      guard let inverted = inverted ?? false else { return nil }
      return RegisterBit(place.table, place.address, inverted: inverted)
    }
    if bit != nil, mask != nil {
      section.refuse("mask", "either bit or mask says what to look at (found both)")
      return nil
    }
    let bits = bit?.integer(0...15).map { 1 << $0 } ?? mask?.integer(1...0xFFFF)
    if bit == nil, mask == nil {
      section.report("is missing: say which bit of the register, 0 to 15, or give a mask", key: "bit")
    }
    guard let bits, let inverted = inverted ?? false else { return nil }
    return RegisterBit(place.table, place.address, mask: UInt16(clamping: bits), inverted: inverted)
  }
}

extension Cursor {
  /// The items of a list, or the one value that stands in its place.
  func oneOrMore() -> [Cursor] {
    if case .list = tree.content { items() } else { [self] }
  }
}
