import Foundation
import Platform
import Postgres
import TestSupport
import Testing

/// A folder that is gone when its owner is.
private final class TemporaryFolder: Sendable {
    let path = NSTemporaryDirectory() + "vanthu-test-\(UUID().uuidString)"

    init() throws { try FileManager.default.createDirectory(atPath: self.path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: self.path) }

    /// Regular files below, but for the store's own gate.
    var files: [String] {
        let all = FileManager.default.enumerator(atPath: self.path)?.compactMap { $0 as? String } ?? []
        var isFolder: ObjCBool = false
        return all.filter {
            FileManager.default.fileExists(atPath: "\(self.path)/\($0)", isDirectory: &isFolder) && !isFolder.boolValue
                && !$0.hasSuffix(".gate")
        }
    }
}

/// Chunks as a slow client sends them.
private func chunks(_ sizes: [Int], then failure: (any Error)? = nil) -> AsyncThrowingStream<[UInt8], any Error> {
    AsyncThrowingStream { continuation in
        for (index, size) in sizes.enumerated() {
            continuation.yield([UInt8](repeating: UInt8(index % 251), count: size))
        }
        continuation.finish(throwing: failure)
    }
}

@Suite("Blobs", .needsCluster, .database, .serialized)
struct BlobTests {
    private let folder: TemporaryFolder
    private let store: BlobStore
    private var database: TestDatabase { .current }

    init() throws {
        self.folder = try TemporaryFolder()
        self.store = try BlobStore(folder: self.folder.path + "/blobs")
    }

    @Test("Content is found under its SHA-256, whole and in ranges", arguments: [[], [1], [300_000, 7, 500_000]])
    func contentIsFoundUnderItsHash(sizes: [Int]) async throws {
        let blob = try await store.receive(chunks(sizes), limit: 1_000_000)
        let content = try await store.bytes(of: blob.sha256, limit: 1_000_000)
        #expect(blob.size == Int64(sizes.reduce(0, +)))
        #expect(content.count == sizes.reduce(0, +))
        #expect(SHA256.digest(content) == blob.digest)
        #expect(store.path(of: blob.sha256)?.hasSuffix(blob.sha256) == true)
        var read: [UInt8] = []
        for try await piece in store.read(blob.sha256, range: 0..<blob.size) { read += piece }
        #expect(read == content)
        if blob.size > 300_010 {
            read = []
            for try await piece in store.read(blob.sha256, range: 299_999..<300_010) { read += piece }
            #expect(read == Array(content[299_999..<300_010]))
        }
    }

    @Test("The same content received twice is one file")
    func theSameContentIsOneFile() async throws {
        let first = try await store.receive(chunks([10, 10]), limit: 100)
        let second = try await store.receive(chunks([10, 10]), limit: 100)
        #expect(first == second)
        #expect(folder.files.count == 1)
    }

    @Test("More than the limit is refused as soon as it comes, and leaves nothing")
    func moreThanTheLimitIsRefused() async throws {
        await #expect(throws: BlobError.tooLarge(limit: 1_000_000)) {
            try await store.receive(chunks([400_000, 400_000, 400_000]), limit: 1_000_000)
        }
        #expect(folder.files.isEmpty)
    }

    @Test("A client that goes away leaves nothing")
    func aClientThatGoesAwayLeavesNothing() async throws {
        await #expect(throws: CancellationError.self) {
            try await store.receive(chunks([400_000], then: CancellationError()), limit: 1_000_000)
        }
        #expect(folder.files.isEmpty)
    }

    @Test("A request that is cancelled leaves nothing, also when its chunks then just end")
    func aCancelledRequestLeavesNothing() async throws {
        let (endless, piece) = AsyncStream.makeStream(of: [UInt8].self)
        let receipt = Task { try await self.store.receive(endless, limit: .max) }
        piece.yield([1, 2, 3])
        receipt.cancel()
        await #expect(throws: CancellationError.self) { try await receipt.value }
        #expect(folder.files.isEmpty)
    }

    @Test(
        "A name that is no hash leads nowhere",
        arguments: ["", "../../etc/passwd", String(repeating: "A", count: 64), String(repeating: "/", count: 64), "é"])
    func aNameThatIsNoHashLeadsNowhere(name: String) async throws {
        #expect(store.path(of: name) == nil)
        await #expect(throws: BlobError.notFound) { try await store.bytes(of: name, limit: 1) }
        await #expect(throws: BlobError.notFound) { for try await _ in store.read(name, range: 0..<1) {} }
    }

    @Test(
        "A full disk is a refusal of its own kind, and leaves nothing", .enabled(if: SmallDisk.isPossible, "not root"))
    func aFullDiskIsItsOwnRefusal() async throws {
        let disk = try SmallDisk(at: self.folder.path)
        defer { disk.unmount() }
        let small = try BlobStore(folder: disk.path)
        await #expect(throws: BlobError.noSpace) {
            try await small.receive(chunks([300_000, 300_000, 300_000, 300_000, 300_000]), limit: .max)
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: disk.path + "/incoming").filter { $0 != ".gate" }
        #expect(left.isEmpty)
        #expect(try await small.receive(chunks([300_000]), limit: .max).size == 300_000, "there is room again")
    }

    @Test("A process killed before the commit leaves only what the sweep takes, and nothing that is referred to goes")
    func theSweepTakesOnlyWhatNobodyRefersTo() async throws {
        let lost = try await store.receive(Array("no row, the process was killed".utf8))
        let forgotten = try await store.receive(Array("a row, but no file of anybody".utf8))
        let kept = try await store.receive(Array("a file of somebody".utf8))
        try Data("half".utf8).write(to: URL(fileURLWithPath: folder.path + "/blobs/incoming/half"))
        try await database.superuser.run(
            """
            CREATE TABLE IF NOT EXISTS public.file (
                digest bytea, CONSTRAINT file_blob_fkey FOREIGN KEY (digest) REFERENCES platform.blob (sha256))
            """)
        for blob in [forgotten, kept] {
            try await database.app.run("SELECT platform.keep_blob(\(blob.digest), \(blob.size), 'text/plain')")
        }
        try await database.superuser.run("INSERT INTO public.file (digest) VALUES (\(kept.digest))")
        try await database.superuser.run("GRANT SELECT ON public.file TO vanthu_definer")
        let sweep = BlobSweep(store: store, database: database.app)

        let early = try await sweep.run(grace: .seconds(3600))
        #expect(early == BlobSweep.Result())
        #expect(folder.files.count == 4)

        let late = try await sweep.run(grace: .zero)
        #expect(late.rows == 1)
        #expect(late.files == 3)
        #expect(store.path(of: lost.sha256) == nil)
        #expect(store.path(of: forgotten.sha256) == nil)
        #expect(store.path(of: kept.sha256) != nil)
        #expect(folder.files.count == 1)
    }

    @Test("Content received again while the sweep runs is never lost")
    func contentReceivedAgainIsNeverLost() async throws {
        let content = Array("received over and over".utf8)
        let sweep = BlobSweep(store: store, database: database.app)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for _ in 0..<50 {
                    let blob = try await self.store.receive(content)
                    // Received within the grace, so it may not go, however old the file was before.
                    let path = try #require(self.store.path(of: blob.sha256))
                    try? FileManager.default.setAttributes([.modificationDate: Date.distantPast], ofItemAtPath: path)
                }
            }
            group.addTask { for _ in 0..<50 { _ = try await sweep.run(grace: .seconds(60)) } }
            try await group.waitForAll()
        }
    }
}

/// One megabyte of disk, for root only.
private struct SmallDisk {
    let path: String

    static let isPossible: Bool = {
        guard getuid() == 0, let folder = try? TemporaryFolder(), let disk = try? SmallDisk(at: folder.path) else {
            return false
        }
        disk.unmount()
        return true
    }()

    init(at folder: String) throws {
        self.path = folder + "/small"
        try FileManager.default.createDirectory(atPath: self.path, withIntermediateDirectories: true)
        guard try Self.run("/usr/bin/mount", ["-t", "tmpfs", "-o", "size=1m", "none", self.path]) == 0 else {
            throw BlobError.system(EPERM)
        }
    }

    func unmount() {
        _ = try? Self.run("/usr/bin/umount", [self.path])
    }

    private static func run(_ program: String, _ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
