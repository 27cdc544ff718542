import Measures
import TestShop

extension ScaleDay {
  /// A day at a random scale: three runs with what happens to them, the same for the same seed everywhere.
  ///
  /// - Parameter faults: what may happen; none for clean runs only.
  public static func random(seed: UInt64, faults: [Fault] = Fault.allCases) -> ScaleDay {
    var maker = Maker(seed: seed)
    maker.play(faults: faults)
    return maker.day
  }
}

/// Plays the day second by second. Masses are micrograms here, so that slow use does not round away.
private struct Maker {
  var day: ScaleDay
  private var dice: SeededGenerator
  private var now: Int64 = 0
  private let period: Int64
  private let division: Int64

  // What stands on the scale, and what uses it.
  private var load: Int64
  private let tare: Int64
  private var isOff = false
  private var rate: Int64 = 0 {
    didSet { if tellsState, (rate > 0) != (oldValue > 0) { note(.working(rate > 0)) } }
  }
  private let usualRate: Int64
  private let tellsState: Bool
  private var run: Int?

  // What the scale makes of it.
  private let noise: Int64
  private var shaking: Int64 = 0
  private var push: Int64 = 0
  /// What it takes for nothing.
  private var zero: Int64 = 0
  private var drift: Int64 = 0
  private let driftPerHour: Int64
  private var clamps = false
  private let hasStableBit: Bool
  private var isSilent = false
  /// Its messages come twice at times, or late.
  private let isChatty: Bool
  private var late: ScaleDay.Step?
  private var isRubbish = false
  private var lastShown: Int64 = 0

  init(seed: UInt64) {
    dice = SeededGenerator(seed: seed)
    let isSpool = dice.chance(70)
    let grams: Int64 = 1_000_000
    division =
      isSpool
      ? dice.pick([100_000, 200_000, 500_000, grams], or: grams)
      : dice.pick([5 * grams, 10 * grams, 20 * grams], or: grams)
    period = dice.pick([200, 500, 1000, 2000], or: 1000)
    tare = isSpool ? 250 * grams : 20_000 * grams
    load = tare + (isSpool ? dice.int(300...1000) * grams : dice.int(40_000...200_000) * grams)
    // 15 to 90 g/h of filament; 3 to 60 kg/h of pellets.
    usualRate = isSpool ? dice.int(4_000...25_000) : dice.int(800_000...16_000_000)
    noise = division * dice.int(0...60) / 100
    driftPerHour = division * dice.int(-80...80) / 100
    hasStableBit = dice.chance(50)
    isChatty = dice.chance(20)
    tellsState = dice.chance(90)
    day = ScaleDay(
      division: Mass(milligrams: division / 1000),
      maxUseRate: isSpool
        ? MassRate(milligramsPerMinute: 30_000) : MassRate(milligramsPerMinute: usualRate * 60 / 1000 * 3))
  }

  mutating func play(faults: [ScaleDay.Fault]) {
    pass(dice.int(20...120))
    for number in 0..<3 {
      idle()
      // One that lost its zero in the last run and shows nothing below it is still blind.
      day.runs.append(ScaleDay.Run(faults: clamps ? [.clamp] : []))
      note(.opened(number))
      run = number
      work(faults: faults)
      note(.closed(number))
      run = nil
      rate = 0
      pass(dice.int(70...200))
      // Its draft is held, so that somebody looks.
      if clamps, dice.chance(80) {
        zero = 0
        clamps = false
      }
    }
  }

  // MARK: What happens

  private mutating func idle() {
    if dice.chance(20) { bump() }
    if dice.chance(25) { changeLoad() }
    // The machine starts before somebody opens the run.
    if dice.chance(15) {
      rate = usualRate
      pass(dice.int(10...300))
    }
    pass(dice.int(5...120))
  }

  private mutating func work(faults: [ScaleDay.Fault]) {
    let begin = now
    rate = 0
    pass(dice.int(0...20))
    let isClean = faults.isEmpty || dice.chance(40)
    // A test piece: over before the scale has a level on its slope.
    let isShort = dice.chance(10)
    if isShort {
      rate = usualRate
      pass(dice.int(2...40))
    }
    let stages = isShort ? 0 : Int(dice.int(2...5))
    for _ in 0..<stages {
      rate = usualRate * dice.int(40...120) / 100
      pass(dice.int(120...900))
      if dice.chance(25) {
        let before = rate
        rate = 0
        pass(dice.int(20...200))
        rate = before
      }
      if !isClean, dice.chance(40), let fault = faults.randomElement(using: &dice) {
        day.runs[day.runs.count - 1].faults.insert(fault)
        suffer(fault)
      }
    }
    if !isShort { pass(dice.int(60...400)) }
    rate = 0
    pass(dice.int(0...15))
    day.runs[day.runs.count - 1].seconds = (now - begin) / 1000
  }

  private mutating func suffer(_ fault: ScaleDay.Fault) {
    switch fault {
    case .bump: for _ in 0..<dice.int(1...4) { bump() }
    case .vibration:
      shaking = division * dice.int(2...8)
      pass(dice.int(3...40))
      shaking = 0
    case .lift: off { $0 }
    case .refill: refill()
    case .swap: off { _ in nil }
    case .removal:
      handled(for: dice.int(1...4))
      load -= max(division * 30, (load - tare) * dice.int(5...40) / 100)
      load = max(load, tare / 2)
      pass(dice.int(10...60))
    case .rezero:
      zero = load + drift
      pass(dice.int(30...600))
      // Somebody notices, or nobody does.
      if dice.chance(50) { zero = 0 }
    case .clamp:
      zero = load + drift
      clamps = true
      pass(dice.int(30...600))
      if dice.chance(70) {
        zero = 0
        clamps = false
      }
    case .reboot:
      isSilent = true
      pass(dice.int(3...30))
      isSilent = false
      isRubbish = true
      pass(dice.int(1...4))
      isRubbish = false
      if dice.chance(50) { zero = load + drift }
    case .dropout:
      isSilent = true
      pass(dice.int(2...600))
      isSilent = false
    case .crash:
      note(.killed)
      isSilent = true
      pass(dice.int(1...20))
      isSilent = false
      note(.started)
      if tellsState { note(.working(rate > 0)) }
    }
  }

  private mutating func bump() {
    push = division * dice.int(5...150) * (dice.chance(50) ? 1 : -1)
    pass(dice.int(1...4))
    push = 0
    pass(dice.int(5...15))
  }

  /// Off the scale for up to a minute and a half. The machine draws on, or it was paused.
  private mutating func off(_ next: (Int64) -> Int64?) {
    let isPaused = dice.chance(60)
    let before = rate
    if isPaused { rate = 0 }
    handled(for: dice.int(0...3))
    isOff = true
    pass(dice.int(4...90))
    isOff = false
    if let back = next(load) {
      load = back
    } else {
      load = tare + (load - tare) * dice.int(120...300) / 100 + division * 60
    }
    handled(for: dice.int(0...3))
    rate = before
    pass(dice.int(5...30))
  }

  private mutating func refill() {
    let pours = dice.int(1...20)
    let amount = max(division * 40, (load - tare) * dice.int(10...80) / 100) / pours
    for _ in 0..<pours {
      load += amount
      shaking = division * dice.int(1...10)
      pass(1)
    }
    shaking = 0
    pass(dice.int(10...60))
  }

  private mutating func changeLoad() {
    handled(for: 2)
    load = max(tare + division * 200, load + division * dice.int(-400...2000))
    handled(for: 2)
    pass(10)
  }

  private mutating func handled(for seconds: Int64) {
    shaking = division * 20
    pass(seconds)
    shaking = 0
  }

  // MARK: Time

  private mutating func note(_ event: ScaleDay.Event) {
    day.steps.append(ScaleDay.Step(milliseconds: now, event: event))
  }

  private mutating func pass(_ seconds: Int64) {
    for _ in 0..<seconds * 1000 / period {
      now += period
      let used = min(rate * period / 1000, max(0, load - tare))
      load -= used
      drift += driftPerHour * period / 3_600_000
      day.used += used
      if let run { day.runs[run].used += used }
      if isSilent { continue }
      if isRubbish { note(.rejected) } else { show() }
    }
  }

  private mutating func show() {
    var seen = (isOff ? 0 : load) + drift - zero + push + wobble(noise)
    if shaking > 0 { seen += wobble(shaking) }
    var shown = rounded(seen)
    if clamps { shown = max(0, shown) }
    let isStill = abs(shown - lastShown) <= division * 2 && shaking == 0
    lastShown = shown
    let sample = ScaleDay.Event.sample(
      Mass(milligrams: shown / 1000), stable: hasStableBit ? isStill || dice.chance(3) : nil)
    note(sample)
    guard isChatty else { return }
    if dice.chance(3) { note(sample) }
    if dice.chance(3), let late { day.steps.append(late) }
    late = dice.chance(10) ? ScaleDay.Step(milliseconds: now + period, takenAt: now, event: sample) : nil
  }

  private func rounded(_ micrograms: Int64) -> Int64 {
    let half = micrograms < 0 ? -division / 2 : division / 2
    return (micrograms + half) / division * division
  }

  /// About normal, of that standard deviation.
  private mutating func wobble(_ deviation: Int64) -> Int64 {
    guard deviation > 0 else { return 0 }
    // The sum of four uniform ones has a deviation of 2/√3 of their half width.
    let sum = (0..<4).reduce(Int64(0)) { sum, _ in sum + dice.int(-1000...1000) }
    return sum * deviation / 1155
  }
}
