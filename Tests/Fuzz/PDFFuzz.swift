import PAdES

/// What libFuzzer calls with each input: any bytes must get a verdict, and no bytes that nobody signed may get a good one.
///
/// Built by scripts/fuzz, apart from the package: it needs instrumented modules and libFuzzer's own `main`.
@_cdecl("LLVMFuzzerTestOneInput")
public func judgeAnything(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    if bytes.first == 0x30 {
        // A bare token is tried too: in a file it lies behind a digest that mutation breaks.
        _ = try? TimeStampToken(bytes)
        return 0
    }
    _ = PDFVerifier(roots: []).report(on: bytes)
    return 0
}
