import CLinux
import Glibc
import Linux
import SystemPackage

/// One connection to an engine member, on the worker's event loop.
///
/// Questions are answered in their order. Those of one pass of the loop leave in one write. An answer that comes later than
/// ``patience`` after its question is thrown away with the connection, and so is everything after it.
@safe final class RedisConnection {
    /// How long a question waits for its answer: less than the time after which a member's slots are given to another.
    static let patience: Duration = .milliseconds(800)

    /// How many answered questions, and how many bytes that were sent, stay in the lists at most.
    private static let mostAnswered = 256
    private static let mostSent = 65536

    private let patience: Duration
    private let descriptor: Descriptor
    private let reader = ReplyReader()
    private var isConnected: Bool
    private var output: [UInt8] = []
    private var sent = 0
    private var questions: [Question] = []
    private var nextQuestion = 0
    private(set) var interest: EventQueue.Interest?
    /// Why it is of no use any more; nil while it is.
    private(set) var failure: ConnectionFailure?
    /// Tells it from earlier connections whose descriptor had the same number.
    var generation: UInt32 = 0
    /// Is told how long a question took to be answered.
    var observeAnswer: (Duration) -> Void = { _ in }

    private struct Question {
        let count: Int
        let deadline: ContinuousClock.Instant
        var replies: [RedisReply] = []
        let completion: (Result<[RedisReply], ConnectionFailure>) -> Void
    }

    /// Begins to connect.
    init(to endpoint: Endpoint, patience: Duration) throws(ConnectionFailure) {
        self.patience = patience
        do throws(SystemCallFailure) {
            let (number, isConnected) = try endpoint.connect()
            self.descriptor = Descriptor(owning: number)
            self.isConnected = isConnected
        } catch {
            throw .failed(error)
        }
    }

    var number: Int32 { descriptor.number }

    /// When the oldest question has waited for too long; nil without a question.
    var deadline: ContinuousClock.Instant? {
        nextQuestion < questions.count ? questions[nextQuestion].deadline : nil
    }

    /// Whether something waits to be sent.
    var hasOutput: Bool { sent < output.count }

    /// What the loop has to watch it for.
    var wantedInterest: EventQueue.Interest { isConnected && !hasOutput ? .readable : [.readable, .writable] }

    /// Takes note of what it is watched for.
    func watched(for interest: EventQueue.Interest) { self.interest = interest }

    /// Asks, and calls back with as many replies as commands, or the failure that ended the connection.
    func ask(
        _ commands: RedisCommands,
        at now: ContinuousClock.Instant = .now,
        completion: @escaping (Result<[RedisReply], ConnectionFailure>) -> Void
    ) {
        if let failure { return completion(.failure(failure)) }
        output += commands.bytes
        questions.append(Question(count: commands.count, deadline: now + patience, completion: completion))
    }

    /// Asks, and waits for the replies.
    func ask(_ commands: RedisCommands) async throws(ConnectionFailure) -> [RedisReply] {
        var result: Result<[RedisReply], ConnectionFailure> = .failure(.closed)
        // Sound: a question is completed once, when it leaves the list.
        await unsafe withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
            ask(commands) {
                result = $0
                unsafe continuation.resume()
            }
        }
        return try result.get()
    }

    /// Sends as much as the connection takes.
    func send() {
        guard failure == nil, isConnected, hasOutput else { return }
        do throws(SystemCallFailure) {
            sent += try descriptor.send(output[sent...])
        } catch {
            return fail(.failed(error))
        }
        if sent == output.count {
            output.removeAll(keepingCapacity: output.capacity <= Self.mostSent)
            sent = 0
        } else if sent > Self.mostSent {
            output.removeFirst(sent)
            sent = 0
        }
    }

    /// Goes on after the loop has found it ready.
    func goOn(at now: ContinuousClock.Instant, _ buffer: UnsafeMutableRawBufferPointer) {
        if !isConnected {
            var error: Int32 = 0
            var size = socklen_t(MemoryLayout<Int32>.size)
            // Sound: the call fills one local integer.
            _ = unsafe getsockopt(number, SOL_SOCKET, SO_ERROR, &error, &size)
            guard error == 0 else { return fail(.failed(SystemCallFailure("connect", Errno(rawValue: error)))) }
            isConnected = true
            return send()
        }
        unsafe receive(at: now, buffer)
        send()
    }

    private func receive(at now: ContinuousClock.Instant, _ buffer: UnsafeMutableRawBufferPointer) {
        // Sound: recv writes within the buffer, whose size it is given.
        let count = unsafe recv(number, buffer.baseAddress, buffer.count, 0)
        guard count > 0 else {
            if count == 0 { return fail(.closed) }
            if errno != EAGAIN && errno != EINTR { fail(.failed(.last("recv"))) }
            return
        }
        unsafe reader.feed(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        do throws(ConnectionFailure) {
            while failure == nil, let reply = try reader.next() { try take(reply, at: now) }
            if reader.pending > ReplyReader.mostPending { throw .malformed }
        } catch {
            fail(error)
        }
    }

    private func take(_ reply: RedisReply, at now: ContinuousClock.Instant) throws(ConnectionFailure) {
        // An answer that nobody asked for.
        guard nextQuestion < questions.count else { throw .malformed }
        guard now <= questions[nextQuestion].deadline else { throw .late }
        questions[nextQuestion].replies.append(reply)
        let question = questions[nextQuestion]
        guard question.replies.count == question.count else { return }
        observeAnswer(now - (question.deadline - patience))
        nextQuestion += 1
        // Under load there may never be a moment without a question.
        if nextQuestion == questions.count || nextQuestion >= Self.mostAnswered {
            questions.removeFirst(nextQuestion)
            nextQuestion = 0
        }
        question.completion(.success(question.replies))
    }

    /// Ends it if the oldest question has waited for too long.
    func passDeadline(at now: ContinuousClock.Instant) {
        if let deadline, deadline < now { fail(.late) }
    }

    /// Ends it: every question that waits gets the failure.
    func fail(_ failure: ConnectionFailure) {
        guard self.failure == nil else { return }
        self.failure = failure
        shutdown(number, Int32(SHUT_RDWR))
        let waiting = questions[nextQuestion...]
        questions = []
        nextQuestion = 0
        for question in waiting { question.completion(.failure(failure)) }
    }
}
