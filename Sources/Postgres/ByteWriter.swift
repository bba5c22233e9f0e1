/// A growing run of bytes for one writer, reused from result to result so that writing allocates nothing.
struct ByteWriter: ~Copyable {
    private var base: UnsafeMutableRawPointer
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int = 16_384) {
        self.base = .allocate(byteCount: capacity, alignment: 16)
        self.capacity = capacity
    }

    deinit {
        self.base.deallocate()
    }

    /// What was written.
    var bytes: [UInt8] {
        [UInt8](UnsafeRawBufferPointer(start: self.base, count: self.count))
    }

    /// Forgets what was written. The memory of an exceptionally large result is given back.
    mutating func clear() {
        self.count = 0
        guard self.capacity > 1 << 20 else { return }
        self.base.deallocate()
        self.capacity = 16_384
        self.base = .allocate(byteCount: self.capacity, alignment: 16)
    }

    /// Makes room for that many more bytes and returns where they go; `advance` then says how many there are.
    @inline(__always)
    mutating func reserve(_ bytes: Int) -> UnsafeMutableRawPointer {
        if self.count + bytes > self.capacity { self.grow(by: bytes) }
        return self.base + self.count
    }

    @inline(__always)
    mutating func advance(by bytes: Int) {
        self.count += bytes
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        self.reserve(1).storeBytes(of: byte, as: UInt8.self)
        self.count += 1
    }

    @inline(__always)
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        self.reserve(bytes.count).copyMemory(from: start, byteCount: bytes.count)
        self.count += bytes.count
    }

    mutating func append(_ text: StaticString) {
        self.append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private mutating func grow(by bytes: Int) {
        let capacity = max(self.capacity * 2, self.count + bytes)
        let grown = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
        grown.copyMemory(from: self.base, byteCount: self.count)
        self.base.deallocate()
        (self.base, self.capacity) = (grown, capacity)
    }
}
