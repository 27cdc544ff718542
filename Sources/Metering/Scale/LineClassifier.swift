internal import Measures

/// The straight line through some readings, by least squares.
///
/// It decides what is stable. The one thing that goes on into a quantity, how fast the load falls, is computed in
/// integers.
struct LineClassifier {
  let count: Int64
  private let sums: (time: Int64, mass: Int64, squares: Int64, products: Int64)
  /// Milligrams a millisecond.
  private let slope: Double
  /// The middle it passes through, in milliseconds and milligrams.
  private let time: Double
  private let mass: Double
  /// How far the readings lie apart in time: the sum of the squares.
  private let spread: Double

  /// Takes the sums over the readings: of their times in milliseconds and masses in milligrams, of the squares of the
  /// times, and of the products of both.
  init(count: Int64, time: Int64, mass: Int64, squares: Int64, products: Int64) {
    self.count = count
    sums = (time, mass, squares, products)
    let number = Double(max(1, count))
    self.time = Double(time) / number
    self.mass = Double(mass) / number
    spread = max(0, Double(squares) - number * self.time * self.time)
    slope = spread > 0 ? (Double(products) - number * self.time * self.mass) / spread : 0
  }

  /// How far off the line a reading lies, where the line may not rise.
  func distance(of mass: Int64, at time: Int64, fallingAtMost rate: MassRate) -> Mass {
    let limited = min(0, max(-Double(rate.base) / 60_000, slope))
    let off = Double(mass) - self.mass - limited * (Double(time) - self.time)
    return Mass(base: Int64(min(abs(off), Double(Int64.max / 2))))
  }

  /// How fast the load falls; zero where the noise of a division may look like that.
  func fall(beyond division: Mass) -> MassRate {
    guard slope * spread.squareRoot() < -Double(division.base) else { return .zero }
    // Sums that wrapped around give no sense, and must not trap.
    let rise = Int128(count) &* Int128(sums.products) &- Int128(sums.time) &* Int128(sums.mass)
    let run = Int128(count) &* Int128(sums.squares) &- Int128(sums.time) &* Int128(sums.time)
    guard run > 0, rise < 0 else { return .zero }
    return MassRate(base: Int64(clamping: .zero &- rise &* 60_000 / run))
  }
}
