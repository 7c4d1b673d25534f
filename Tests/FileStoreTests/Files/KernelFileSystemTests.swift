import FileStore
import Foundation
import Synchronization
import Testing

@Suite("KernelFileSystem makes the kernel's calls")
struct KernelFileSystemTests {
    /// A signal that nothing else here uses, with a handler after which the kernel does not make the call again by itself.
    private static let signal = SIGWINCH

    @Test
    func `a call that signals interrupt is made again`() throws {
        var action = sigaction()
        var before = sigaction()
        unsafe action.__sigaction_handler.sa_handler = { _ in }
        unsafe sigaction(Self.signal, &action, &before)
        defer { unsafe sigaction(Self.signal, &before, nil) }

        let state = try TemporaryState()
        let directory = try Directory(path: state.path, fileSystem: KernelFileSystem())
        let holder = try OpenFile("lock", in: directory, for: .updatingOrCreating)
        let waiter = try OpenFile("lock", in: directory, for: .updating)
        let system = KernelFileSystem()
        try system.lock(holder.descriptor)

        let waiting = Mutex<pthread_t?>(nil)
        let outcome = Mutex<Result<Void, any Error>?>(nil)
        let descriptor = waiter.descriptor
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            waiting.withLock { $0 = pthread_self() }
            let result = Result { try KernelFileSystem().lock(descriptor) }
            outcome.withLock { $0 = result }
            done.signal()
        }
        for _ in 0..<50 {
            if let thread = waiting.withLock({ $0 }) { pthread_kill(thread, Self.signal) }
            Thread.sleep(forTimeInterval: 0.002)
        }
        #expect(outcome.withLock { $0 == nil }, "it goes on waiting")
        system.unlock(holder.descriptor)
        done.wait()
        try #require(outcome.withLock { $0 }).get()
        // The files live until here.
        _ = (holder.descriptor, waiter.descriptor)
    }
}
