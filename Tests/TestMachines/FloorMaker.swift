import Measures
import Metering
import TestShop

/// A machine of which one channel is heard.
protocol FloorMachine {
  var kind: ChannelKind { get }
  /// Lives on to that true time.
  mutating func pass(to time: Int64, _ dice: inout SeededGenerator)
  /// What it says when asked.
  mutating func word(_ dice: inout SeededGenerator) -> ReadingValue
  /// Something of its own happens.
  /// - Returns: for how long it says nothing meanwhile, in milliseconds.
  mutating func suffer(_ dice: inout SeededGenerator) -> Int64
  /// See `FloorDay.Step`.
  var used: Int64 { get }
  var shown: Int64 { get }
}

/// Plays a day poll by poll; the same for the same seed everywhere.
struct FloorMaker<Machine: FloorMachine> {
  private(set) var day: FloorDay
  private(set) var machine: Machine
  private var dice: SeededGenerator
  private var now: Int64 = 0
  private let isPresent: Bool
  /// Its samples come twice at times, or late.
  private let isChatty: Bool
  private var late: FloorDay.Step?
  private var lastWord: ReadingValue?
  private var silentUntil: Int64 = 0
  /// Meanwhile there are samples, and none is believed.
  private var isRubbish = false
  private var trustedFrom: Int64 = .max
  private var wallRightFrom: Int64 = .max
  private var isHeardSinceBoot = false

  init(seed: UInt64, machine make: (inout SeededGenerator) -> Machine) {
    var dice = SeededGenerator(seed: seed)
    machine = make(&dice)
    let period: Int64 = dice.pick([200, 500, 1000, 2000, 5000], or: 1000)
    isPresent = dice.chance(20)
    // The inbox stamps what a broker brings, so nothing of a device that tells only changes is older than a tick.
    isChatty = !isPresent && dice.chance(25)
    let isTrusted = dice.chance(75)
    if !isTrusted { trustedFrom = dice.chance(80) ? dice.int(5...3600) * 1000 : .max }
    day = FloorDay(
      channel: ChannelID("mill-1", machine.kind),
      maxAge: isPresent ? nil : max(period * 2 + 1000, dice.pick([3000, 5000, 10_000, 60_000], or: 5000)),
      period: period,
      clock: FloorClock(
        uptime: dice.int(5...90_000) * 1000, isTrusted: isTrusted, isIn1970: !isTrusted && dice.chance(70)))
    self.dice = dice
  }

  mutating func play() {
    let isClean = dice.chance(15)
    pass(dice.int(0...60_000))
    let count = Int(dice.int(2...5))
    for number in 0..<count {
      note(.opened(number))
      let begin = now
      work(isClean: isClean)
      note(.closed(number))
      day.runs.append((begin, now))
      // The next one begins at once, or later.
      if dice.chance(75) {
        pass(dice.int(0...300_000))
        if !isClean, dice.chance(20) { suffer() }
      }
    }
    // Long enough for everything to be decided: what a run's end waits for, and what a lone value is.
    silentUntil = now
    isRubbish = false
    for _ in 0..<5 {
      lastWord = nil
      pass(15_000)
    }
  }

  private mutating func work(isClean: Bool) {
    // One that is over before it is seen at all.
    if dice.chance(10) { return pass(dice.int(0...12_000)) }
    for _ in 0..<dice.int(1...6) {
      pass(dice.int(2_000...500_000))
      for _ in 0..<dice.int(0...2) where !isClean {
        suffer()
        if dice.chance(30) { pass(day.period) }
      }
    }
    pass(dice.int(0...60_000))
  }

  private mutating func suffer() {
    guard let fault = FloorDay.Fault.allCases.randomElement(using: &dice) else { return }
    day.faults[fault, default: 0] += 1
    switch fault {
    // To a device that tells only changes, silence is nothing.
    case .dropout: isPresent ? leave() : fallSilent()
    case .rejected:
      isRubbish = true
      silentUntil = now + pause
    case .offline: leave()
    case .killed: down(.killed, for: dice.chance(60) ? dice.int(200...9_000) : pause)
    case .cut: loseThePower()
    case .slept: sleep()
    case .wall: misleadTheWall()
    case .own:
      let silence = machine.suffer(&dice)
      if silence > 0 { isPresent ? leave(for: silence) : fallSilent(for: silence) }
    }
  }

  /// From 0.3 s to half an hour, short ones as often as long ones.
  private var pause: Int64 {
    mutating get {
      let longest: Int64 = dice.pick([900, 4_000, 9_500, 30_000, 180_000, 1_800_000], or: 4_000)
      return dice.int(300...longest)
    }
  }

  private mutating func fallSilent(for length: Int64? = nil) {
    isRubbish = false
    silentUntil = now + (length ?? pause)
  }

  private mutating func leave(for length: Int64? = nil) {
    note(.said(.rejected(.offline)))
    fallSilent(for: length)
    late = nil
    lastWord = nil
  }

  /// The machine works on and is asked as before, so that the same day can be played without the kill.
  private mutating func down(_ event: FloorDay.Event, for length: Int64) {
    note(event)
    late = nil
    pass(length)
    note(.started)
    late = nil
    lastWord = nil
  }

  private mutating func loseThePower() {
    guard wallRightFrom == .max else { return }
    if day.clock.hasLied {
      // A clock that claims to be right and is not makes any span across a boot wrong, and nobody could know. So what
      // was last heard before a boot, and stored, was heard with a true one.
      silentUntil = now
      pass(25_000)
    }
    day.cuts += 1
    note(.cut)
    now += dice.int(8_000...1_200_000)
    machine.pass(to: now, &dice)
    let isTrusted = dice.chance(50)
    day.clock.boot(
      at: now, uptime: dice.int(4...90) * 1000, isTrusted: isTrusted,
      isIn1970: !isTrusted && dice.chance(60))
    trustedFrom = isTrusted ? .max : now + dice.int(1...900) * 1000
    isHeardSinceBoot = false
    note(.started)
    late = nil
    lastWord = nil
  }

  private mutating func sleep() {
    note(.slept)
    // What a tick more or less decides is not told apart here: eight to twelve seconds.
    now += dice.chance(50) ? dice.int(500...8_000) : dice.int(12_000...dice.pick([60_000, 3_600_000], or: 0))
    late = nil
    machine.pass(to: now, &dice)
    note(.woke)
    lastWord = nil
    // Two naps with no tick between them would be one of both lengths.
    if isPresent { pass(1_500) }
  }

  private mutating func misleadTheWall() {
    guard wallRightFrom == .max, trustedFrom == .max, isHeardSinceBoot else { return }
    let hour: Int64 = 3_600_000
    let error = dice.chance(30) ? hour * dice.pick([-1, 1], or: 1) : dice.int(-30 * hour...30 * hour)
    // What was said at this very instant was said before it.
    day.clock.step(at: now + 1, wallError: error, isTrusted: day.clock.moment(now).isWallTrusted)
    wallRightFrom = now + dice.int(1...1200) * 1000
  }

  // MARK: Time

  private mutating func note(_ event: FloorDay.Event) {
    day.steps.append(step(event))
  }

  private func step(_ event: FloorDay.Event, at: Int64? = nil) -> FloorDay.Step {
    FloorDay.Step(at: at ?? now, takenAt: now, event: event, used: machine.used, shown: machine.shown)
  }

  private mutating func pass(_ length: Int64) {
    let end = now + length
    while now < end {
      // No poll is on the dot.
      now = min(end, now + day.period - dice.int(0...day.period / 10))
      machine.pass(to: now, &dice)
      keepTheWall()
      if now < silentUntil {
        if isRubbish { note(.said(.rejected(isPresent ? .unmappedState : .noReply))) }
      } else {
        if isRubbish { lastWord = nil }
        isRubbish = false
        say()
      }
    }
  }

  private mutating func keepTheWall() {
    if now >= trustedFrom {
      day.clock.step(at: now, wallError: 0, isTrusted: true)
      trustedFrom = .max
    }
    if now >= wallRightFrom {
      day.clock.step(at: now, wallError: 0, isTrusted: day.clock.moment(now).isWallTrusted)
      wallRightFrom = .max
    }
  }

  private mutating func say() {
    let word = machine.word(&dice)
    // It says the same again at times: what stands alone may be borne out by that.
    if isPresent, word == lastWord, !dice.chance(3) { return }
    lastWord = word
    let step = step(.said(word))
    if isChatty, dice.chance(8), late == nil {
      late = step
      return
    }
    day.steps.append(step)
    isHeardSinceBoot = true
    guard isChatty else { return }
    if dice.chance(4) { day.steps.append(step) }
    if let late { day.steps.append(late.delivered(at: now)) }
    late = nil
  }
}

extension FloorDay.Step {
  fileprivate func delivered(at time: Int64) -> FloorDay.Step {
    FloorDay.Step(at: time, takenAt: takenAt, event: event, used: used, shown: shown)
  }
}
