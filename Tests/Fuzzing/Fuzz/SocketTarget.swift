import Glibc
import Synchronization

@testable import Gateway

/// A worker that runs beside the fuzzer's thread, for as long as the process.
private let path = BesideWorker.start()
private let turns = Atomic(0)

/// The input as what a peer sends to a worker's socket: after a byte that says in pieces of which length, or, if it
/// is zero, all at once.
func peer(_ input: [UInt8]) {
    guard let pieceLength = input.first else { return }
    let peer = RawPeer(path)
    var rest = input.dropFirst()
    while !rest.isEmpty, peer.send(rest.prefix(pieceLength == 0 ? rest.count : Int(pieceLength))) {
        rest = rest.dropFirst(pieceLength == 0 ? rest.count : Int(pieceLength))
        sched_yield()
    }
    let whole = wholeRequest(Array(input.dropFirst()))
    // One that is whole has its answer, and the connection ends, whatever the peer does; unless it is to be kept.
    if whole?.keepsConnection != false { peer.endSending() }
    let answers = answersOf(peer.receiveAll())
    if let whole, whole.role == 2 || whole.hasRightLength { expect(!answers.isEmpty, "a whole request is answered") }

    // Whatever it was, the next peer is served.
    guard turns.add(1, ordering: .relaxed).newValue.isMultiple(of: 32) else { return }
    let next = RawPeer(path)
    expect(next.send(goodRequest[...]), "the next peer's request is taken")
    let outputs = answersOf(next.receiveAll())
    expect(outputs.count == 1 && outputs[0].suffix(4).elementsEqual("good".utf8), "and answered")
}

/// The request that the bytes start with, where the preview finds it whole.
private func wholeRequest(_ bytes: [UInt8]) -> SentRequest? {
    var preview = RequestPreview(limits: BesideWorker.limits)
    return preview.examine(bytes.span) == .whole ? SentRequest(bytes.prefix(preview.examinedLength)) : nil
}

/// What was answered to each request; an answer is of whole records, and ends as one that was served.
private func answersOf(_ bytes: [UInt8]) -> [[UInt8]] {
    var answers: [[UInt8]] = []
    var output: [UInt8] = []
    var offset = 0
    while offset < bytes.count {
        // The worker may have given the peer up in the middle of one: it sends more than was read.
        guard bytes.count - offset >= RecordHeader.length else { break }
        let header = RecordHeader(bytes.span, at: offset)
        expect(header.version == 1 && header.requestID != 0, "what comes back is records of a request")
        let content = bytes[(offset + RecordHeader.length)...].prefix(header.contentLength)
        switch header.type {
        case 3:
            expect(content.elementsEqual([0, 0, 0, 0, 0, 0, 0, 0]), "a request ends as one that was served")
            expect(output.starts(with: "Status: ".utf8), "an answer starts with its status")
            answers.append(output)
            output = []
        case 6: output += content
        default: expect(header.type == 7 && content.isEmpty, "there is no other record")
        }
        offset += header.recordLength
    }
    return answers
}

/// A POST with a body of `good`.
private let goodRequest: [UInt8] =
    [1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    + [1, 4, 0, 1, 0, 17, 0, 0, 14, 1] + Array("CONTENT_LENGTH4".utf8)
    + [1, 4, 0, 1, 0, 0, 0, 0]
    + [1, 5, 0, 1, 0, 4, 0, 0] + Array("good".utf8)
    + [1, 5, 0, 1, 0, 0, 0, 0]
