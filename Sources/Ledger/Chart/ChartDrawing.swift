import Measures
import Metering

/// Charts as one SVG: a panel for each curve, its times colored by class, and what the machine did beneath.
public struct ChartDrawing: Sendable {
  private let title: String
  private let charts: [RunChart]

  public init(title: String, charts: [RunChart]) {
    self.title = title
    self.charts = charts
  }

  private static let width = 960
  private static let left = 110
  private static let right = 20
  private static let panel = 220
  private static let strip = 18
  private static let gap = 58
  private static let top = 64
  private static var plot: Int { width - left - right }

  public var svg: String {
    var body: [String] = []
    var y = Self.top
    for chart in charts {
      for curve in chart.curves {
        body += draw(curve, of: chart, at: y)
        y += Self.panel
        if !chart.states.isEmpty {
          body += drawStates(of: chart, at: y + 6)
          y += 6 + Self.strip
        }
        body += drawTimes(of: chart, curve, at: y + 14)
        y += Self.gap
      }
    }
    return ([header(height: y)] + [caption] + legend + body + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  private func header(height: Int) -> String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.width) \(height)" width="\(Self.width)" \
    height="\(height)" font-family="sans-serif" font-size="12">
    <title>\(title.xml)</title>
    <rect width="100%" height="100%" fill="#ffffff"/>
    """
  }

  private var caption: String {
    #"<text x="\#(Self.left)" y="24" font-size="16" font-weight="bold">\#(title.xml)</text>"#
  }

  private var legend: [String] {
    var x = Self.left
    let states = MachineState.allCases.filter { state in
      charts.contains { $0.states.contains { $0.state == state } }
    }
    let kinds = RunChart.Band.Kind.allCases.filter { kind in
      charts.contains { $0.curves.contains { $0.bands.contains { $0.kind == kind } } }
    }
    let entries =
      kinds.map { ($0.rawValue, $0.color) } + states.map { ("machine \($0.rawValue)", $0.color) }
    return entries.map { name, color in
      defer { x += 30 + name.count * 7 }
      return #"<rect x="\#(x)" y="36" width="12" height="12" fill="\#(color)"/>"#
        + #"<text x="\#(x + 16)" y="46">\#(name.xml)</text>"#
    }
  }

  private func draw(_ curve: RunChart.Curve, of chart: RunChart, at y: Int) -> [String] {
    func x(_ moment: Moment) -> Int { Self.left + chart.place(of: moment, in: Self.plot) }
    let (low, span) = (Int128(curve.lowest), max(1, Int128(curve.highest) - Int128(curve.lowest)))
    func height(_ number: Int64) -> Int {
      y + Self.panel - 8 - Int((Int128(number) - low) * Int128(Self.panel - 16) / span)
    }
    var out = [
      #"<g><title>run \#(chart.run), \#(curve.channel)</title>"#,
      #"<rect x="\#(Self.left)" y="\#(y)" width="\#(Self.plot)" height="\#(Self.panel)" fill="whitesmoke" stroke="lightgray"/>"#,
    ]
    for band in curve.bands {
      let width = max(1, x(band.to) - x(band.from))
      out.append(
        #"<rect x="\#(x(band.from))" y="\#(y)" width="\#(width)" height="\#(Self.panel)" fill="\#(band.kind.color)" "#
          + #"opacity="0.15"/>"#)
      if !band.label.isEmpty {
        let middle = (x(band.from) + x(band.to)) / 2
        out.append(
          #"<text x="\#(middle)" y="\#(y + Self.panel - 8)" text-anchor="middle">\#(band.label.xml)</text>"#)
      }
    }
    for (from, to) in curve.breaks {
      out.append(
        #"<line x1="\#(x(from.at))" y1="\#(height(from.value.number))" x2="\#(x(to.at))" "#
          + #"y2="\#(height(to.value.number))" stroke="\#(RunChart.Band.Kind.gap.color)" stroke-dasharray="2 4"/>"#
      )
    }
    for stroke in curve.strokes {
      // A line of no length is a dot.
      out.append(
        #"<line x1="\#(x(stroke.from))" y1="\#(height(stroke.first))" x2="\#(x(stroke.to))" "#
          + #"y2="\#(height(stroke.last))" stroke="\#(stroke.kind.color)" stroke-width="2" "#
          + #"stroke-linecap="round"/>"#)
    }
    out += [
      label(curve.channel.kind.text(of: curve.highest), y + 12),
      label(curve.channel.kind.text(of: curve.lowest), y + Self.panel - 4),
      label("\(curve.channel.device)", y + Self.panel / 2 - 8),
      label(curve.channel.kind.rawValue.replacingUnderscores, y + Self.panel / 2 + 8),
      "</g>",
    ]
    return out
  }

  private func label(_ text: String, _ y: Int) -> String {
    #"<text x="\#(Self.left - 8)" y="\#(y)" text-anchor="end">\#(text.xml)</text>"#
  }

  private func drawStates(of chart: RunChart, at y: Int) -> [String] {
    chart.states.map { stretch in
      let start = chart.place(of: stretch.from, in: Self.plot)
      let width = max(1, chart.place(of: stretch.to, in: Self.plot) - start)
      return
        #"<rect x="\#(Self.left + start)" y="\#(y)" width="\#(width)" height="\#(Self.strip)" "#
        + #"fill="\#(stretch.state.color)"><title>\#(stretch.state.rawValue)</title></rect>"#
    }
  }

  private func drawTimes(of chart: RunChart, _ curve: RunChart.Curve, at y: Int) -> [String] {
    [
      #"<text x="\#(Self.left)" y="\#(y)">\#(chart.from.wall)</text>"#,
      #"<text x="\#(Self.left + Self.plot / 2)" y="\#(y)" text-anchor="middle">run \#(chart.run), kept \#(curve.closeness)</text>"#,
      #"<text x="\#(Self.width - Self.right)" y="\#(y)" text-anchor="end">\#(chart.to.wall)</text>"#,
    ]
  }
}

extension RunChart.Band.Kind {
  /// Apart for those who see few colors, too.
  fileprivate var color: String {
    switch self {
    case .use: "#0072b2"
    case .byHand: "#e69f00"
    case .gap: "#d55e00"
    case .outside: "#999999"
    }
  }
}

extension MachineState {
  fileprivate var color: String {
    switch self {
    case .running: "#009e73"
    case .preparing: "#56b4e9"
    case .paused: "#f0e442"
    case .idle: "#dddddd"
    case .done: "#bbbbbb"
    case .fault, .failed, .canceled: "#d55e00"
    case .unknown, .offline: "#cc79a7"
    }
  }
}

extension String {
  fileprivate var xml: String {
    String(
      flatMap { character -> String in
        switch character {
        case "&": "&amp;"
        case "<": "&lt;"
        case ">": "&gt;"
        case "\"": "&quot;"
        default: String(character)
        }
      })
  }
}
