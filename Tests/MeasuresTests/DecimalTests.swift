import Testing

@testable import Measures

struct Dice: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (state ^ (state >> 29)) &* 0xBF58_476D_1CE4_E5B9
  }

  mutating func decimal(digits: Int) -> Decimal {
    let bound = Decimal.powerOfTen(digits) ?? 1
    let significand = Int128.random(in: -bound...bound, using: &self)
    return Decimal(normalizing: significand, scale: Int.random(in: 0...9, using: &self))
  }
}

@Suite("Decimal")
struct DecimalTests {
  @Test(
    "plain digits are read",
    arguments: [
      ("12", "12"), ("-0.25", "-0.25"), ("+3.50", "3.5"), ("-0", "0"), ("007", "7"),
      ("0.000000000000000001", "0.000000000000000001"), ("170141183460469231731687303715884105727", nil),
    ] as [(String, String?)])
  func reads(text: String, expected: String?) throws {
    let number = try #require(Decimal(text))
    #expect(number.description == expected ?? text)
    #expect(Decimal(number.description) == number)
    #expect(Decimal(withExponent: text) == number)
  }

  @Test(
    "an exponent is read where programs write numbers, and a mistake where people do",
    arguments: [
      ("1.5e3", "1500"), ("2E-4", "0.0002"), ("1e+2", "100"), ("0e60", "0"),
      ("10e-19", "0.000000000000000001"),
    ])
  func exponents(text: String, expected: String) throws {
    #expect(Decimal(withExponent: text)?.description == expected)
    #expect(Decimal(text) == nil)
  }

  @Test(
    "everything else is refused",
    arguments: [
      "", "-", "+", ".5", "5.", "1.e5", "1e", "e5", "1e1.0", "1,5", " 1", "1 ", "0x10", "1_000", "nan", "inf",
      "--1",
      "+-1", "1.2.3", "1e61", "1e39", "1e-19", "0.1234567890123456789", "١", "1e99999999999999999999",
      "170141183460469231731687303715884105728", "-170141183460469231731687303715884105728",
    ])
  func refuses(text: String) {
    #expect(Decimal(text) == nil)
    #expect(Decimal(withExponent: text) == nil)
  }

  @Test("sums, differences and products agree with 128-bit integers")
  func arithmetic() throws {
    var dice = Dice(seed: 1)
    for _ in 0..<2000 {
      let (left, right) = (dice.decimal(digits: 12), dice.decimal(digits: 12))
      // Both as whole numbers of 10⁻⁹: at most 21 digits.
      let one = try #require(left.raised(to: 9))
      let two = try #require(right.raised(to: 9))
      #expect(try #require(left.adding(right)).raised(to: 9) == one + two)
      #expect(try #require(left.subtracting(right)).raised(to: 9) == one - two)
      let product = try #require(left.multiplied(by: right))
      #expect(
        product == Decimal(normalizing: left.significand * right.significand, scale: left.scale + right.scale)
      )
      #expect((left < right) == (one < two))
      #expect((left == right) == (one == two))
      #expect((left == right) == (left.hashValue == right.hashValue && one == two))
      #expect(Decimal(left.description) == left)
    }
  }

  @Test("quotients are the nearest at their scale, halves away from zero")
  func division() throws {
    var dice = Dice(seed: 2)
    for _ in 0..<2000 {
      let (left, right) = (dice.decimal(digits: 8), dice.decimal(digits: 8))
      guard right != .zero else { continue }
      let digits = Int.random(in: 0...6, using: &dice)
      let quotient = try #require(left.divided(by: right, roundedTo: digits))
      // |q · b − a| ≤ |b| / 2 · 10⁻ⁿ, everything times 2 · 10¹⁸.
      let product = try #require(quotient.multiplied(by: right))
      let error = try #require(product.subtracting(left)).multiplied(by: Decimal(2))
      let unit = try #require(Decimal(significand: 1, scale: digits))
      let bound = try #require(right.multiplied(by: unit))
      let size = try #require(error)
      #expect((size.isNegative ? size.negated : size) <= (bound.isNegative ? bound.negated : bound))
    }
  }

  @Test(
    "rounding is half away from zero",
    arguments: [
      ("2.5", 0, "3"), ("-2.5", 0, "-3"), ("2.4999", 0, "2"), ("1.005", 2, "1.01"), ("-1.005", 2, "-1.01"),
      ("0.5", 0, "1"), ("-0.5", 0, "-1"), ("-0.4", 0, "0"), ("9.995", 2, "10"), ("7", 2, "7"),
      ("1.25", -1, "1.25"),
    ])
  func rounding(text: String, digits: Int, expected: String) throws {
    #expect(try #require(Decimal(text)).rounded(to: digits).description == expected)
  }

  @Test("what leaves the range is nil, never a trap")
  func overflow() throws {
    let most = try #require(Decimal(significand: .max, scale: 0))
    let least = most.negated
    let tiny = try #require(Decimal(significand: 1, scale: 18))
    #expect(most.adding(.one) == nil)
    #expect(least.subtracting(.one) == nil)
    #expect(least.adding(.one)?.significand == -(Int128.max - 1))
    #expect(most.adding(tiny) == nil)
    #expect(most.multiplied(by: Decimal(2)) == nil)
    #expect(tiny.multiplied(by: tiny) == nil)
    #expect(most.divided(by: tiny, roundedTo: 18) == nil)
    #expect(most.divided(by: .zero, roundedTo: 2) == nil)
    #expect(Decimal.one.divided(by: .one, roundedTo: 19) == nil)
    #expect(Decimal.one.divided(by: .one, roundedTo: -1) == nil)
    #expect(Decimal(significand: .min, scale: 0) == nil)
    #expect(Decimal(Int128.min).negated == most)
    #expect(Decimal(UInt128.max) == most)
    #expect(Decimal(significand: 1, scale: 19) == nil)
    #expect(most.percent(Decimal(200)) == nil)
    #expect(most.int64 == nil)
    #expect(least < tiny)
    #expect(tiny < most)
    #expect(tiny.negated > least)
  }

  @Test("numbers of different scales compare by value")
  func comparison() throws {
    let texts = [
      "-10", "-1.5", "-1.25", "-0.000000000000000001", "0", "0.1", "0.11", "1", "1.000000000000000001",
    ]
    let numbers = try texts.map { try #require(Decimal($0)) }
    for (low, left) in numbers.enumerated() {
      for (high, right) in numbers.enumerated() {
        #expect((left < right) == (low < high), "\(left) and \(right)")
      }
    }
    #expect(Decimal("1.50") == Decimal("1.5"))
  }

  @Test("percentages are exact, and money shows its minor digits")
  func money() throws {
    #expect(Decimal(250).percent(try #require(Decimal("8.25")))?.description == "20.625")
    let dollar = try #require(Currency(code: "USD"))
    let yen = try #require(Currency(code: "JPY"))
    let dinar = try #require(Currency(code: "KWD"))
    let amount = try #require(Decimal("1234.5655"))
    #expect(Money(rounding: amount, in: dollar)?.text(in: dollar) == "1234.57")
    #expect(Money(rounding: amount, in: yen)?.text(in: yen) == "1235")
    #expect(Money(rounding: amount, in: dinar)?.text(in: dinar) == "1234.566")
    #expect(Money(minorUnits: -5).text(in: dollar) == "-0.05")
    #expect(Money(rounding: try #require(Decimal("1000000000000000000")), in: dollar) == nil)
    #expect(Currency(code: "usd") == nil)
    #expect(Currency(code: "USDX") == nil)
  }

  @Test("a currency is one that ISO 4217 lists as in use, and that a bill can be in")
  func currencies() {
    for (code, digits) in [("EUR", 2), ("XCG", 2), ("JPY", 0), ("XOF", 0), ("TND", 3), ("MGA", 2)] {
      #expect(Currency(code: code)?.minorDigits == digits, "\(code)")
    }
    // Made up, withdrawn, gold, a test, none, and a unit of account.
    for code in ["XXY", "BTC", "DEM", "HRK", "XAU", "XTS", "XXX", "CLF", "", "us$", "ÜSD"] {
      #expect(Currency(code: code) == nil, "\(code)")
    }
  }
}
