import Jobs
import Measures

/// What was used of one thing, before it has a price: what stands on one line is one of these.
struct Use {
  /// Its place on a plate: the weights before it, with it, and of all.
  struct Plate: Hashable {
    var shares: [PlateShare]
    var before: Int64
    var upTo: Int64
    var all: Int64

    /// Each part of a plate of several, and its place there: what is one job's stands side by side.
    static func places(_ plate: [PlateShare]) -> [(share: PlateShare, plate: Plate?)] {
      guard plate.count > 1 else { return plate.map { ($0, nil) } }
      let first = plate.map { share in plate.firstIndex { $0.job == share.job } ?? 0 }
      let shares = plate.indices.sorted { (first[$0], $0) < (first[$1], $1) }.map { plate[$0] }
      let all = shares.reduce(0) { $0 + $1.weight }
      return shares.indices.map { index in
        let before = shares[..<index].reduce(0) { $0 + $1.weight }
        return (
          shares[index],
          Plate(shares: shares, before: before, upTo: before + shares[index].weight, all: all)
        )
      }
    }

    /// Of a whole amount in base units; with the others it comes to the whole.
    func own(_ whole: Int64) -> Int64 {
      func upTo(_ weight: Int64) -> Int64 { Int64(Int128(whole) * Int128(weight) / Int128(all)) }
      return upTo(self.upTo) - upTo(before)
    }

    /// Of one setup, with six decimals.
    var ofOne: Fraction {
      func upTo(_ weight: Int64) -> Fraction { Fraction(Int128(weight), over: Int128(all)).stated(digits: 6) }
      return upTo(self.upTo) - upTo(before)
    }
  }

  /// What keeps uses apart on lines of their own.
  struct Key: Hashable {
    var kind: LineKind
    var part: PartID?
    /// As the price list has it: `material.black`.
    var name: String
    /// How much of it is billed.
    var percent = Fraction(100)
    var plate: Plate?
    /// Material that was noted stays apart from what was weighed.
    var isNoted = false
    /// Services stay apart from each other.
    var number = 0
  }

  var key: Key
  var item: PricedItem
  /// In milligrams, milliseconds or milliwatt-hours.
  var base: Int64 = 0
  /// Of what is counted.
  var count = Fraction(1)

  /// The quantity that is stated, at most six decimals.
  func quantity(in unit: BillingUnit) -> Fraction {
    let own = Int128(key.plate?.own(base) ?? base)
    return switch unit {
    case .gram: Fraction(own, over: 1000)
    case .kilogram, .kilowattHour: Fraction(own, over: 1_000_000)
    case .hour: Fraction(own, over: 3_600_000).stated(digits: 6)
    case .minute: Fraction(own, over: 60_000).stated(digits: 6)
    case .piece: count
    }
  }
}
