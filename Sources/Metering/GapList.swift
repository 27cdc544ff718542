internal import Measures

/// The gaps of one segment, one by one up to a limit: a flapping device would grow the row without bound. What
/// comes beyond is joined to the last one, which then covers all that follow.
struct GapList: Hashable, Sendable, Codable {
  private(set) var list: [Gap] = []

  static let maximum = 50

  mutating func add(_ gap: Gap) {
    if list.count < Self.maximum {
      list.append(gap)
    } else if let last = list.last {
      list[list.count - 1] = Gap(from: last.from, to: gap.to, settlement: last.settlement)
    }
  }
}
