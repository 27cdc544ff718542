import Devices
import Measures

// How a number stands in registers, and what one count of it is worth.
extension ConfigurationReader {
  /// `{holding: 7, type: int32, scale: 0.1}`, or `{split: [{holding: 11}, {holding: 10, bits: 8-8}]}`.
  func number(_ section: Section, type fallback: RegisterType? = nil, isScaled: Bool = true)
    -> RegisterNumber?
  {
    let scale = isScaled ? registerScale(section) : .fixed(.one)
    if let split = section.optional("split") {
      for key in RegisterTable.allCases.map(\.rawValue) + ["type", "word_order", "byte_order"] {
        section.refuse(key, "a split value stands in its fields")
      }
      let fields = split.items().map(field)
      if fields.isEmpty { split.expected("the fields of the value, the least significant first") }
      if fields.compactMap({ $0?.bits.count }).reduce(0, +) > 63 {
        split.mistake("a split value has at most 63 bits (found more)")
        return nil
      }
      guard let scale, !fields.contains(where: { $0 == nil }) else { return nil }
      return RegisterNumber(.split(fields.compactMap { $0 }), scale: scale)
    }
    let place = place(section)
    let type = fallback == nil ? section.required("type") : section.optional("type")
    let chosen = type.map { $0.choice(RegisterType.self) } ?? fallback
    guard let word = word(section, place, chosen), let chosen, let scale else { return nil }
    return RegisterNumber(.whole(word, chosen), scale: scale)
  }

  private func word(_ section: Section, _ place: RegisterPlace?, _ type: RegisterType?) -> RegisterWord? {
    let order = section.optional("word_order").map { $0.choice(WordOrder.self) }
    let bytes = section.optional("byte_order").map { $0.choice(ByteOrder.self) }
    guard let place, let type else { return nil }
    if place.table.holdsBits {
      place.cursor.mistake("a number stands in holding or input registers (found a \(place.table.rawValue))")
      return nil
    }
    if Int(place.address) + Int(type.registerCount) > 65_536 {
      place.cursor.expected(
        "an address with room for the \(type.registerCount) registers of \(type.rawValue)")
    }
    guard let order = order ?? .highFirst, let bytes = bytes ?? .highFirst else { return nil }
    return RegisterWord(
      place.table, place.address, registerCount: type.registerCount, wordOrder: order, byteOrder: bytes)
  }

  /// A mapping that is a field and no more: `{holding: 8, bits: 0-2}`.
  func field(_ cursor: Cursor) -> RegisterField? {
    guard let section = cursor.section() else { return nil }
    let field = self.field(section)
    section.finish()
    return field
  }

  /// A part of a register, or of several: `holding: 8, bits: 0-2`.
  func field(_ section: Section) -> RegisterField? {
    let type = section.optional("type").map { cursor in
      cursor.choice([("uint16", RegisterType.uint16), ("uint32", .uint32), ("uint64", .uint64)])
    }
    let word = word(section, place(section), type ?? .uint16)
    let top = Int((word?.registerCount ?? 1) * 16) - 1
    let bits = section.optional("bits").map { bitRange($0, top: top) }
    guard let word, let bits = bits ?? 0...top else { return nil }
    return RegisterField(word, bits: bits)
  }

  private func bitRange(_ cursor: Cursor, top: Int) -> ClosedRange<Int>? {
    cursor.read("a range of bits within 0-\(top), such as 0-2, or one bit") { text in
      let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last,
        first >= 0, last <= top
      else { return nil }
      return first...last
    }
  }

  /// `scale: 0.1`; or told by the device: `decimals: {…}`, `scale: {…, map: {…}}`, `scale: {…, one_hot: {…}}`.
  private func registerScale(_ section: Section) -> RegisterScale? {
    let decimals = section.optional("decimals")
    guard let scale = section.optional("scale") else {
      return decimals.map { self.field($0).map { .decimals($0) } } ?? .fixed(.one)
    }
    if decimals != nil {
      section.refuse("decimals", "either scale or decimals says what one count is worth (found both)")
    }
    guard case .mapping = scale.tree.content, let told = scale.section() else {
      return self.scale(section).map { .fixed($0) }
    }
    let map = told.optional("map").map { cursor in
      self.map(cursor, key: { $0.integer(0...Int(UInt32.max)).map(Int64.init) }, value: factor)
    }
    let oneHot = told.optional("one_hot").map { cursor in
      self.map(cursor, key: { $0.integer(0...63) }, value: factor)
    }
    let field = self.field(told)
    told.finish()
    if (map == nil) == (oneHot == nil) {
      scale.mistake("says what one count is worth either by map (a code each) or by one_hot (a bit each)")
      return nil
    }
    guard let field else { return nil }
    if let map { return map.map { .coded(field, $0) } }
    return oneHot.flatMap { $0.map { .oneHot(field.word, $0) } }
  }

  private func factor(_ cursor: Cursor) -> Decimal? {
    cursor.decimal("a decimal number other than 0") { $0 != .zero }
  }

  /// `unit: {holding: 13, bits: 0-7, map: {0: kg, 1: g}}`; `nil` where the unit is a word.
  func codedUnit(_ section: Section) -> CodedUnit? {
    guard let cursor = section.optional("unit"), case .mapping = cursor.tree.content,
      let told = cursor.section()
    else { return nil }
    let map = told.required("map").flatMap { cursor in
      self.map(
        cursor, key: { $0.integer(0...Int(UInt32.max)).map(Int64.init) }, value: { $0.choice(MassUnit.self) })
    }
    let field = self.field(told)
    told.finish()
    guard let field, let map else { return nil }
    return CodedUnit(field, map)
  }
}
