import Jobs
import Measures

/// A line as it should be, its amounts in minor units.
struct ExpectedLine {
  var kind: LineKind
  var part: PartID?
  var name: String
  var unit: BillingUnit
  var quantity: Fraction
  /// With the markup in it.
  var unitPrice: Fraction
  /// Quantity × unit price: what the customer pays, or what comes before tax.
  var amount: Int64
  /// Before markup and without tax.
  var cost: Int64
  var tax: ExpectedTax.Group
}

/// A tax as it should be, its amounts in minor units.
struct ExpectedTax: Equatable {
  /// What is taxed together.
  struct Group: Hashable, Comparable {
    var category: String
    var rate: Decimal

    static func < (left: Group, right: Group) -> Bool {
      (left.category, left.rate) < (right.category, right.rate)
    }

    /// What is left of an amount with this tax in it once the tax is out, before it is rounded.
    func net(of gross: Int64) -> Fraction {
      Fraction(Int128(gross)) / Fraction(1).raised(byPercent: Fraction(rate))
    }
  }

  var group: Group
  var taxable: Int64
  var tax: Int64
}

/// A draft as it should be.
struct ExpectedDraft {
  let lines: [ExpectedLine]
  /// Of each line, in minor units.
  let nets: [Int64]
  let taxes: [ExpectedTax]
  let includesTax: Bool

  var net: Int64 { nets.reduce(0, +) }
  var tax: Int64 { taxes.reduce(0) { $0 + $1.tax } }
  var withTax: Int64 { net + tax }

  init(_ lines: [ExpectedLine], digits: Int, includesTax: Bool) {
    let groups = Set(lines.map(\.tax)).sorted()
    var nets = lines.map(\.amount)
    if includesTax {
      for group in groups {
        let mine = lines.indices.filter { lines[$0].tax == group }
        for (index, net) in zip(mine, Self.nets(of: mine.map { lines[$0].amount }, group)) {
          nets[index] = net
        }
      }
    }
    taxes = groups.map { group in
      let mine = lines.indices.filter { lines[$0].tax == group }
      let taxable = mine.reduce(Int64(0)) { $0 + nets[$1] }
      let gross = mine.reduce(Int64(0)) { $0 + lines[$1].amount }
      let onTop = (Fraction(Int128(taxable)) * Fraction(group.rate).hundredths).roundedHalfUp(digits: 0)
      return ExpectedTax(group: group, taxable: taxable, tax: includesTax ? gross - taxable : onTop)
    }
    (self.lines, self.nets, self.includesTax) = (lines, nets, includesTax)
  }

  /// The tax comes out of the sum; each line has its own net amount rounded down, and what is over of the sum goes by one
  /// minor unit each to those that lack most, of those that lack the same to the first.
  private static func nets(of gross: [Int64], _ group: ExpectedTax.Group) -> [Int64] {
    let exact = gross.map(group.net)
    var nets = exact.map { Int64($0.top / $0.bottom) }
    var left = group.net(of: gross.reduce(0, +)).roundedHalfUp(digits: 0) - nets.reduce(0, +)
    // All have the same denominator.
    let lacking = exact.map { $0.top % $0.bottom }
    var given: Set<Int> = []
    while left > 0 {
      let open = gross.indices.filter { !given.contains($0) }
      guard let next = open.max(by: { (lacking[$0], $1) < (lacking[$1], $0) }) else { break }
      nets[next] += 1
      given.insert(next)
      left -= 1
    }
    return nets
  }
}
