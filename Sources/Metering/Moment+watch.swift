internal import Measures

extension Moment {
  /// Whether more time has passed since `heard` than anybody can vouch for.
  ///
  /// What a device said stands while it is present, but only as long as somebody watches. The clock is read
  /// several times a second, so a longer pause means that the daemon itself was stopped or suspended.
  func isUnwatched(since heard: Moment) -> Bool {
    guard self > heard else { return false }
    guard boot == heard.boot, let span = since(heard) else { return true }
    return span > Gap.notable
  }
}
