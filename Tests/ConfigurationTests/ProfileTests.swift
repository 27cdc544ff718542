import Configuration
import Devices
import Measures
import Metering
import Testing

/// Devices that name a profile, with the profiles of a directory of the test's own.
@Suite("Profiles")
struct ProfileTests {
  static let scale = """
    profile: scale
    title: A scale
    make: Somebody
    evidence: documented
    source: its manual
    transport: modbus
    parameters:
      step: {about: what one count weighs, example: 0.1}
      which:
        about: which of two scales
        default: first
        choices:
          first: {value: 40010, status: 40007}
          second: {value: 40020, status: 40017}
    device:
      poll: 100ms
      address_base: modicon
      channels:
        weight:
          holding: "{which.value}"
          type: int32
          scale: "{step}"
          unit: g
          stable: {holding: "{which.status}", bit: 11}
        energy: {holding: 40050, type: uint32, unit: kWh}

    """

  func read(_ device: String, profile: String = Self.scale) throws -> Result<
    Configuration, ConfigurationErrors
  > {
    let directory = try TemporaryDirectory()
    try directory.makeDirectory("profiles")
    try directory.write("profiles/scale.yaml", profile)
    let text = """
      version: 1
      gateway: {id: shop, currency: USD}
      mqtt: {broker: "mqtt://127.0.0.1"}
      buses: [{id: floor, tcp: "127.0.0.1:1502"}]
      devices:
        - \(device)
      work_centers: [{id: bench, scales: [scale-1]}]

      """
    return Configuration.read(
      Array(text.utf8), file: "shop.yaml",
      environment: ConfigurationEnvironment(
        credentialsDirectory: nil, configurationDirectory: directory.path),
      digest: { "v\($0.count)" })
  }

  func mistakes(_ device: String, profile: String = Self.scale) throws -> [String] {
    switch try read(device, profile: profile) {
    case .success: []
    case .failure(let errors):
      // The directory has another name each time.
      errors.mistakes.map { mistake in
        let name = mistake.file.split(separator: "/").last.map(String.init) ?? ""
        let key = mistake.path.isEmpty ? "" : "\(mistake.path): "
        let message = mistake.message.replacing(/looked in [^,;)]*\//, with: "looked in …/")
        return "\(name):\(mistake.line):\(mistake.column): \(key)\(message)"
      }
    }
  }

  @Test("a device is what its profile says, with its parameters in their places")
  func expands() throws {
    let device = try #require(
      try read("{id: scale-1, bus: floor, unit: 3, profile: scale, parameters: {step: 0.5, which: second}}")
        .get().devices.first)
    guard case .modbus(let modbus) = device.transport,
      case .number(let number, _) = modbus.channels.first?.source
    else {
      Issue.record("no number on a bus: \(device)")
      return
    }
    #expect(number == RegisterNumber(.holding, 19, .int32, scale: try #require(Decimal("0.5"))))
    #expect(modbus.channels.first?.flags.stable == RegisterBit(.holding, 16, mask: 1 << 11))
    #expect(modbus.poll == .milliseconds(100))
    #expect(device.kinds == [.weight, .energy])
  }

  @Test("a device may override any key, add to a mapping, and take a channel away")
  func overrides() throws {
    let device = try #require(
      try read(
        "{id: scale-1, bus: floor, unit: 3, profile: scale, poll: 1s, parameters: {step: 1}, "
          + "channels: {weight: {unit: kg, division: 2kg, overload: {holding: 40007, bit: 2}}, energy: ~}}"
      ).get().devices.first)
    guard case .modbus(let modbus) = device.transport else {
      Issue.record("not on a bus: \(device)")
      return
    }
    #expect(modbus.poll == .seconds(1))
    #expect(device.kinds == [.weight])
    #expect(device.division == Mass(milligrams: 2_000_000))
    #expect(modbus.channels.first?.flags.overload == [RegisterBit(.holding, 6, mask: 1 << 2)])
    #expect(modbus.channels.first?.flags.stable != nil)
  }

  @Test("a changed profile is a changed configuration")
  func version() throws {
    let device = "{id: scale-1, bus: floor, unit: 3, profile: scale, parameters: {step: 1}}"
    let first = try read(device).get().version
    #expect(try read(device).get().version == first)
    let changed = Self.scale.replacing("poll: 100ms", with: "poll: 250ms ")
    #expect(try read(device, profile: changed.replacing("bit: 11", with: "bit: 1")).get().version != first)
  }

  @Test(
    "what a device gets wrong about its profile is told where it stands",
    arguments: [
      (
        "profile: scales",
        "shop.yaml:6:49: devices.scale-1.profile: there is no profile of this name (found "
          + "\"scales\"; looked in …/profiles); did you mean \"scale\"?"
      ),
      (
        "profile: scale",
        "shop.yaml:6:49: devices.scale-1.parameters.step: is missing: the profile scale needs to "
          + "know what one count weighs, such as 0.1"
      ),
      (
        "profile: scale, parameters: {step: 1, which: third}",
        "shop.yaml:6:85: devices.scale-1.parameters.which: expected first, second (found \"third\")"
      ),
      (
        "profile: scale, parameters: {step: 1, witch: first}",
        "shop.yaml:6:78: devices.scale-1.parameters.witch: unknown key; known here: step, which"
      ),
      (
        "profile: scale, parameters: {step: heavy}",
        "scale.yaml:22:14: devices.scale-1.channels.weight.scale: expected a decimal number other than 0 (found "
          + "\"heavy\")"
      ),
    ])
  func mistakesOfTheDevice(own: String, line: String) throws {
    let found = try mistakes("{id: scale-1, bus: floor, unit: 3, \(own)}")
    #expect(found == [line])
  }

  @Test("a profile for a bus is not for a device on the broker")
  func transport() throws {
    #expect(
      try mistakes("{id: scale-1, profile: scale, parameters: {step: 1}}") == [
        "shop.yaml:6:28: devices.scale-1.profile: this profile is for devices on a bus; give the device bus: ID and "
          + "unit: N"
      ])
  }

  @Test(
    "what is wrong with a profile is told with its own file, line and column",
    arguments: [
      (
        "evidence: documented", "evidence: guessed",
        "scale.yaml:4:11: evidence: expected documented, simulated or verified on hardware (found \"guessed\")"
      ),
      (
        "profile: scale\n", "profile: skale\n",
        "scale.yaml:1:10: profile: expected scale, like the name of the file (found \"skale\")"
      ),
      ("source: its manual\n", "", "scale.yaml:1:1: source: is missing"),
      (
        "  poll: 100ms", "  unit: 7",
        "scale.yaml:16:3: device.unit: is for each device itself to say (found \"unit\")"
      ),
      (
        "title: A scale", "title: A scale\nflavor: sweet",
        "scale.yaml:3:1: flavor: unknown key; known here: profile, "
          + "title, make, evidence, source, notes, transport, parameters, device"
      ),
      (
        "type: int32", "type: int23",
        "scale.yaml:21:13: devices.scale-1.channels.weight.type: expected int16, uint16, "
          + "int32, uint32, int64, uint64, float32 or float64 (found \"int23\"); did you mean \"int32\"?"
      ),
    ])
  func mistakesOfTheProfile(old: String, new: String, line: String) throws {
    let profile = Self.scale.replacing(old, with: new)
    try #require(profile != Self.scale)
    let found = try mistakes(
      "{id: scale-1, bus: floor, unit: 3, profile: scale, parameters: {step: 1}}", profile: profile)
    #expect(found == [line])
  }
}
