import ArgumentParser
import FileStore
import Glibc
import GrantCore
import Linux
import Settings

/// `grantctl top` on a terminal: draws, and does what keys and signals say.
struct TopView: ~Copyable {
    private let interval: Duration
    private let glyphs: Glyphs
    private let signals: SignalQueue
    private var screen: Screen
    private var sampler: CounterSampler
    private var figures: TopFigures
    private var drawnSize: TerminalSize?
    private var isPaused = false
    private var next = ContinuousClock.now

    /// How soon a change of the terminal's size is seen.
    private static let glance: Duration = .milliseconds(200)

    /// Takes the terminal.
    ///
    /// - Parameter directory: the path of the state directory.
    init(of directory: String, every interval: Duration, _ glyphs: Glyphs) throws {
        // The signals first, so that none finds the terminal taken and ends the process.
        let signals = try SignalQueue()
        let screen = try Screen()
        self.signals = signals
        self.screen = screen
        self.interval = interval
        self.glyphs = glyphs
        sampler = CounterSampler(of: directory)
        figures = sampler.figures()
    }

    /// Shows the figures until it is told to end.
    ///
    /// - Parameter count: how many intervals to show; nil for no end.
    /// - Throws: the exit status that a signal stands for.
    mutating func run(_ count: Int?) throws {
        var shown = 0
        next = .now + interval
        try draw()
        while true {
            if !isPaused, .now >= next {
                figures = sampler.figures()
                next = max(next + interval, .now)
                try draw()
                shown += 1
                if shown == count { return }
            }
            try wait()
            if let signal = signals.take().subtracting([SIGCHLD]).min() { throw ExitCode(128 + signal) }
            if try !obeyKeys() { return }
            if drawnSize != .current { try draw() }
        }
    }

    private func wait() throws(SystemCallFailure) {
        let glance = ContinuousClock.now + Self.glance
        let descriptors = [signals.number] + (screen.keyDescriptor.map { [$0] } ?? [])
        try waitToRead(descriptors, until: isPaused ? glance : min(glance, next))
    }

    /// Does what the keys say that were pressed; false for the end.
    private mutating func obeyKeys() throws -> Bool {
        for key in screen.readKeys() {
            switch key {
            case .quit: return false
            case .pause:
                isPaused.toggle()
                if !isPaused { begin() }
                try draw()
            case .suspend:
                try screen.suspend()
                if !isPaused { begin() }
                try draw()
            case .redraw: try draw()
            }
        }
        return true
    }

    /// Begins a new interval.
    private mutating func begin() {
        sampler.forget()
        figures = sampler.figures()
        next = .now + interval
    }

    private mutating func draw() throws(OutputError) {
        let size = TerminalSize.current
        let hint =
            isPaused ? "Paused: p goes on, q quits" : "Every \(MeasureText.interval(interval)): p pauses, q quits"
        try screen.draw(TopFrame(figures: figures, glyphs: glyphs, hint: hint).lines(in: size), in: size)
        drawnSize = size
    }
}

extension CounterSampler {
    /// Takes a sample now; a fault is shown in its place.
    mutating func figures() -> TopFigures {
        let now = KernelFileSystem().now
        return switch take(at: now, .now) {
        case .success(let sample): TopFigures(sample)
        case .failure(let fault): TopFigures(fault, at: now.seconds)
        }
    }
}
