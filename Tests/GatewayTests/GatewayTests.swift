import Testing

/// The daemon as its neighbors see it: one real process after another, for the machine is shared.
@Suite(.serialized) enum GatewayTests {}

/// Whether the long numbers of rounds are wanted.
let isTorture = Environment.has("CHARGEHAND_TORTURE")
