import Foundation
public import Postgres

/// Takes away content that nobody refers to: rows first, then files without a row, both only after a grace, in which an
/// upload may still become a file of somebody.
public struct BlobSweep: Sendable {
    private let store: BlobStore
    private let database: Database

    public init(store: BlobStore, database: Database) {
        self.store = store
        self.database = database
    }

    /// What one sweep took away.
    public struct Result: Sendable, Hashable {
        public var rows = 0
        public var files = 0
        public var bytes: Int64 = 0

        public init() {}
    }

    /// Sweeps once. Safe beside uploads and beside another sweep.
    public func run(grace: Duration) async throws -> Result {
        var result = Result()
        let seconds = Int64(grace.components.seconds)
        while true {
            let forgotten = try await self.database.transaction { transaction in
                try transaction.one("SELECT platform.forget_blobs(make_interval(secs => \(seconds)), 1000)") { row in
                    Int(try row.column(0, as: Int32.self))
                }
            }
            result.rows += forgotten
            if forgotten < 1000 { break }
        }
        let limit = Date().timeIntervalSince1970 - Double(seconds)
        for folder in try await self.store.shards() {
            let old = try await self.store.files(in: folder, before: limit)
            guard !old.isEmpty else { continue }
            let known = Set(
                try await self.database.transaction { transaction in
                    try transaction.rows("SELECT platform.known_blobs(\(old))") { row in
                        try row.column(0, as: String.self)
                    }
                })
            for file in old where !known.contains(file) {
                guard let size = try await self.store.remove(file, in: folder, before: limit) else { continue }
                result.files += 1
                result.bytes += size
            }
        }
        for file in try await self.store.files(in: "incoming", before: limit) where file != ".gate" {
            if let size = try await self.store.remove(file, in: "incoming", before: limit) {
                result.files += 1
                result.bytes += size
            }
        }
        return result
    }
}

extension BlobStore {
    /// The folders `aa/bb` that exist.
    func shards() async throws -> [String] {
        let folder = self.folder
        return try await self.threads.run {
            var shards: [String] = []
            for outer in try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            where outer.utf8.count == 2 {
                for inner in try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(outer)").sorted() {
                    shards.append("\(outer)/\(inner)")
                }
            }
            return shards
        }
    }

    /// Files of one folder that were placed before `limit`, in seconds since 1970.
    func files(in shard: String, before limit: Double) async throws -> [String] {
        let folder = "\(self.folder)/\(shard)"
        return try await self.threads.run {
            try FileManager.default.contentsOfDirectory(atPath: folder).filter {
                Self.isOlder("\(folder)/\($0)", than: limit) != nil
            }
        }
    }

    /// Removes a file unless it was received again in the meantime. Returns its size when it is gone.
    func remove(_ name: String, in shard: String, before limit: Double) async throws -> Int64? {
        let path = "\(self.folder)/\(shard)/\(name)"
        return try await self.threads.run {
            let gate = try self.gate()
            try gate.lock(exclusively: true)
            guard let size = Self.isOlder(path, than: limit), unlink(path) == 0 else { return nil }
            return size
        }
    }

    /// The size of a file last changed before `limit`; `nil` when it is younger or gone.
    private static func isOlder(_ path: String, than limit: Double) -> Int64? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        let changed = Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
        return changed < limit ? Int64(status.st_size) : nil
    }
}
