import Synchronization

/// What the link's thread and everyone else both touch.
final class LinkShared: Sendable {
  struct Outgoing: Sendable {
    var queue: SendQueue
    /// True from CONNACK to the end of the connection.
    var isOpen = false
    var stop: StopRequest?
    /// The connection is to end without a goodbye.
    var shallCut = false
  }

  struct StopRequest: Sendable {
    var deadlineMilliseconds: Int64
    var last: Publication?
  }

  let settings: LinkSettings
  let wake: WakeUp
  let outgoing: Mutex<Outgoing>
  let statistics = Mutex(LinkStatistics())
  let lastTick = Atomic<Int64>(boottimeMilliseconds())

  init(_ settings: LinkSettings, wake: WakeUp) {
    self.settings = settings
    self.wake = wake
    outgoing = Mutex(
      Outgoing(queue: SendQueue(limit: settings.queueLimit, limitBytes: settings.queueLimitBytes)))
  }

  var isStopping: Bool { outgoing.withLock { $0.stop != nil } }

  /// The liveness mark. Only the loop calls this, and only between two steps that cannot hang.
  func tick(_ now: Int64) { lastTick.store(now, ordering: .relaxed) }

  func count(_ change: (inout LinkStatistics) -> Void) { statistics.withLock { change(&$0) } }
}
