/// The other side of a link. Every call comes on the link's own thread, one at a time, and may block it
/// (nothing is sent or acknowledged meanwhile, and the liveness mark stands still).
public protocol LinkHandler: AnyObject, Sendable {
  /// Everything one round of reading brought, in the broker's order, never empty. Return `.commit` only
  /// when it is safe to acknowledge; block for as long as that takes.
  func received(_ batch: [Message]) -> Disposition

  /// The broker has accepted the link; `publish` works from here on. With `sessionPresent` messages that
  /// waited in the session may come before `subscribed`.
  func connected(sessionPresent: Bool)

  /// All subscriptions stand. Publish birth, retained state and what the outbox still holds.
  func subscribed()

  /// The fence is back: what comes from now on was published after the subscriptions stood.
  func fencePassed()

  /// What became of a publication with a token: once per token, unless `disconnected` comes first.
  func published(_ token: UInt64, _ receipt: Receipt)

  /// The connection ended, or an attempt failed. Everything queued or unacknowledged is gone; its tokens
  /// will not be reported.
  func disconnected(_ reason: LinkError)

  /// Something is wrong but the connection goes on, e.g. the fence does not come back, or an optional subscription was
  /// refused.
  func trouble(_ reason: LinkError)
}

extension LinkHandler {
  public func connected(sessionPresent: Bool) {}
  public func subscribed() {}
  public func fencePassed() {}
  public func published(_ token: UInt64, _ receipt: Receipt) {}
  public func disconnected(_ reason: LinkError) {}
  public func trouble(_ reason: LinkError) {}
}

/// The handler's answer to a batch.
public enum Disposition: Sendable {
  /// It is stored: acknowledge.
  case commit
  /// It is not stored: drop the connection before any acknowledgement leaves; the broker sends it again.
  case drop
}

/// The broker's answer to a publication. Even `acknowledged` says only that the broker had it in memory.
public enum Receipt: Sendable, Equatable {
  /// QoS 1: PUBACK came. QoS 0: handed to the socket.
  case acknowledged
  /// PUBACK came, and nobody is subscribed.
  case noSubscribers
  /// The broker or the library will not take it; the text says why. Sending it again will not help.
  case refused(String)
}
