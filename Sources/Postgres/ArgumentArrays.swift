/// The C arrays in which libpq takes parameters, kept from statement to statement. Every value is in binary format.
final class ArgumentArrays {
    private(set) var values: UnsafeMutablePointer<UnsafePointer<CChar>?>
    private(set) var lengths: UnsafeMutablePointer<Int32>
    private(set) var formats: UnsafeMutablePointer<Int32>
    private(set) var types: UnsafeMutablePointer<UInt32>
    private var capacity = 32

    init() {
        self.values = .allocate(capacity: self.capacity)
        self.lengths = .allocate(capacity: self.capacity)
        self.formats = .allocate(capacity: self.capacity)
        self.types = .allocate(capacity: self.capacity)
        self.formats.initialize(repeating: 1, count: self.capacity)
    }

    deinit {
        self.deallocate()
    }

    /// Fills the arrays for one statement; the pointers into `bytes` are good for as long as `bytes` is.
    func fill(_ parameters: [SQL.Parameter], bytes: UnsafeBufferPointer<UInt8>) {
        if parameters.count > self.capacity { self.grow(to: parameters.count) }
        // An empty value is no NULL: it needs some address.
        let base = UnsafeRawPointer(bytes.baseAddress) ?? UnsafeRawPointer(self.formats)
        for (index, parameter) in parameters.enumerated() {
            let start = (base + Int(parameter.offset)).assumingMemoryBound(to: CChar.self)
            self.values[index] = parameter.length < 0 ? nil : start
            self.lengths[index] = parameter.length
            self.types[index] = parameter.type.oid
        }
    }

    private func grow(to capacity: Int) {
        self.deallocate()
        self.capacity = capacity
        self.values = .allocate(capacity: capacity)
        self.lengths = .allocate(capacity: capacity)
        self.formats = .allocate(capacity: capacity)
        self.types = .allocate(capacity: capacity)
        self.formats.initialize(repeating: 1, count: capacity)
    }

    private func deallocate() {
        self.values.deallocate()
        self.lengths.deallocate()
        self.formats.deallocate()
        self.types.deallocate()
    }
}
