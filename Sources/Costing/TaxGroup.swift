internal import Jobs
internal import Measures

/// What is taxed together, on its sum: a category at a rate.
struct TaxGroup: Hashable {
  let category: String
  let rate: Decimal
}

extension LineTax {
  var group: TaxGroup { TaxGroup(category: category, rate: rate) }
}

extension TaxSummary {
  var group: TaxGroup { TaxGroup(category: category, rate: rate) }
}
