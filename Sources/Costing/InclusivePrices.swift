internal import Measures

/// Prices with the tax in them: what the customer pays stays as it is written, and the tax comes out of each category's
/// sum, rounded once.
///
/// The net amounts of a category's lines add up to its taxable amount exactly (BR-S-8), though each alone would have
/// been rounded otherwise: the minor units that are over go to the lines that rounding down took the most from.
enum InclusivePrices {
  /// The lines with their net amounts; `nil` on overflow.
  static func takingTaxOut(of lines: [CostLine], currency: Currency) -> [CostLine]? {
    var lines = lines
    let included = lines.indices.filter { lines[$0].taxIncluded != nil }
    for (tax, group) in Dictionary(grouping: included, by: { lines[$0].tax.group }) {
      let gross = group.map { lines[$0].taxIncluded?.amount ?? .zero }
      guard let nets = nets(of: gross, rate: tax.rate) else { return nil }
      for (index, net) in zip(group, nets) { lines[index].take(net, in: currency) }
    }
    return lines
  }

  private static func nets(of gross: [Money], rate: Decimal) -> [Money]? {
    // g × 100 / (100 + rate), in whole numbers.
    guard let hundred = Decimal(100).raised(to: rate.scale) else { return nil }
    let divisor = hundred + rate.significand
    var sum: Int128 = 0
    var floors: [Int128] = []
    var remainders: [Int128] = []
    for amount in gross {
      let (product, overflow) = Int128(amount.base).multipliedReportingOverflow(by: hundred)
      guard !overflow, divisor > 0, product >= 0 else { return nil }
      let (added, tooMuch) = sum.addingReportingOverflow(product)
      guard !tooMuch else { return nil }
      sum = added
      floors.append(product / divisor)
      remainders.append(product % divisor)
    }
    // Half up, as any amount.
    let total = (sum + divisor / 2) / divisor
    let missing = Int(clamping: total - floors.reduce(0, +))
    let neediest = remainders.indices.sorted { (remainders[$1], $0) < (remainders[$0], $1) }
    for index in neediest.prefix(missing) { floors[index] += 1 }
    return floors.map { Money(base: Int64(clamping: $0)) }
  }
}

extension CostLine {
  /// Stated so that whoever multiplies gets the net amount to the minor unit: a net price each often has no end.
  fileprivate mutating func take(_ net: Money, in currency: Currency) {
    netAmount = net
    guard quantity > .zero else { return }
    unitPrice = net.amount(in: currency)
    priceBaseQuantity = quantity
  }
}
