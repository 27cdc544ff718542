internal import Glibc
internal import Synchronization

/// One broker connection on its own thread: receive, commit, then acknowledge; and connect again, for ever.
public final class Link: Sendable {
  public let settings: LinkSettings
  private let outbound = Outbound()
  private let life = Atomic<Int64>(0)

  public init(_ settings: LinkSettings) { self.settings = settings }

  /// Connected and subscribed.
  public var isUp: Bool { outbound.isUp }
  /// Messages that did not fit into the queue.
  public var dropped: Int64 { outbound.dropped }
  /// CLOCK_BOOTTIME milliseconds when the link's thread last showed life; ahead of now while a look-up of the
  /// broker's name, which nobody can interrupt, is given its time.
  public var lastTickMilliseconds: Int64 { life.load(ordering: .relaxed) }

  /// Queues a message; published on the link's thread. From any thread, without waiting.
  /// - Returns: `false` if the link is down or the queue is full.
  public func publish(_ message: OutgoingPublish) -> Bool { outbound.offer(message) }

  /// Drops the connection at once, without a goodbye: no acknowledgment leaves any more.
  public func cut() { outbound.requestCut() }

  /// Publishes what waits and then `last`, says goodbye, and lets `run` return; within the grace.
  public func stop(last: OutgoingPublish? = nil, graceMilliseconds: Int64 = 3000) {
    outbound.requestStop(Outbound.Stop(last: last, graceMilliseconds: graceMilliseconds))
  }

  /// Runs until stopped. Call on a thread of its own.
  public func run(_ handler: any LinkHandler) {
    var reconnect = Reconnect(firstMilliseconds: settings.firstRetryMilliseconds)
    while outbound.stopRequest == nil {
      var session = LinkSession(settings: settings, outbound: outbound, handler: handler) { [self] ahead in
        life.store(BootTime.now() + ahead, ordering: .relaxed)
      }
      let reason = session.run { reconnect.connected(at: BootTime.now()) }
      outbound.setUp(false)
      guard outbound.stopRequest == nil else { return }
      let delay = reconnect.failed(at: BootTime.now(), jitter: .random(in: 0...1))
      let count = reconnect.attempts
      let seconds = (delay + 500) / 1000
      handler.disconnected(
        "mqtt \(settings.name) link, \(settings.address): \(reason) (\(count == 1 ? "" : "\(count) times in a row; ")next try in \(seconds) s)")
      wait(delay)
    }
  }

  private func wait(_ milliseconds: Int64) {
    let end = BootTime.now() + milliseconds
    while BootTime.now() < end, outbound.stopRequest == nil {
      life.store(BootTime.now(), ordering: .relaxed)
      var waiting = pollfd(fd: outbound.wakeUp, events: Int16(POLLIN), revents: 0)
      _ = poll(&waiting, 1, CInt(clamping: min(250, end - BootTime.now())))
      outbound.clearWake()
    }
  }
}

enum BootTime {
  /// CLOCK_BOOTTIME in milliseconds.
  static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
