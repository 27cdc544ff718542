import Devices

/// A table and a wire address, as one key of the file gives them: `holding: 7`.
struct RegisterPlace {
  let table: RegisterTable
  let address: UInt16
  let cursor: Cursor
}

extension ConfigurationReader {
  /// The one table key of a section.
  func place(_ section: Section) -> RegisterPlace? {
    let given = RegisterTable.allCases.compactMap { table in
      section.optional(table.rawValue).map { (table, $0) }
    }
    let names = RegisterTable.allCases.map(\.rawValue).joined(separator: ", ")
    guard let (table, cursor) = given.first else {
      section.cursor.mistake("expected one of \(names) with its wire address (found none)")
      return nil
    }
    if given.count > 1 {
      section.refuse(given[1].0.rawValue, "a value stands in one table only (found \(table.rawValue) too)")
    }
    guard let address = cursor.integer(0...65_535) else { return nil }
    return RegisterPlace(table: table, address: UInt16(clamping: address), cursor: cursor)
  }

  /// `{holding: 6, bit: 11}`, `{input: 6, mask: 0x3F}`, `{discrete_input: 2, inverted: true}`.
  func flag(_ key: String, _ section: Section) -> RegisterBit? {
    guard let flag = section.optional(key)?.section() else { return nil }
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
