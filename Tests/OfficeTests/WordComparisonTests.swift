import Documents
import Testing

/// Comparing the texts of two versions.
struct WordComparisonTests {
    private func told(_ comparison: WordComparison) -> [String] {
        comparison.runs.map { run in
            let sign = [WordComparison.Standing.same: "=", .removed: "-", .added: "+"][run.standing, default: "?"]
            return sign + run.words.map { String($0).replacing("\n", with: "") }.joined(separator: " ")
        }
    }

    /// The words of either text, put together again from what stayed, went and came.
    private func texts(_ comparison: WordComparison) -> (older: [String], newer: [String]) {
        func words(without standing: WordComparison.Standing) -> [String] {
            comparison.runs.filter { $0.standing != standing }
                .flatMap { $0.words.map { String($0).replacing("\n", with: "") } }
        }
        return (words(without: .added), words(without: .removed))
    }

    @Test func wordsThatStayedWentAndCameAreToldApart() {
        let comparison = WordComparison(older: "hạn trước ngày 30 tháng 11", newer: "hạn chót\ntrước ngày 15 tháng 11")
        #expect(self.told(comparison) == ["=hạn", "+chót", "=trước ngày", "-30", "+15", "=tháng 11"])
        #expect(comparison.addedCount == 2)
        #expect(comparison.removedCount == 1)
    }

    @Test func lineBreaksAndSpacesAreNoDifference() {
        let comparison = WordComparison(older: "Kính gửi\ncác  đơn vị", newer: " Kính\ngửi các\n\nđơn vị\n")
        #expect(comparison.addedCount + comparison.removedCount == 0)
    }

    @Test func anEmptyTextLosesOrGainsEverything() {
        #expect(self.told(WordComparison(older: "", newer: "a b")) == ["+a b"])
        #expect(self.told(WordComparison(older: "a b", newer: " \n")) == ["-a b"])
        #expect(WordComparison(older: "", newer: "").runs.isEmpty)
    }

    @Test(arguments: 1...200)
    func bothTextsAreThereWhateverChanged(seed: Int) {
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let older = (0..<next(60)).map { _ in "t\(next(1 + seed % 30))" }
        var newer = older
        for _ in 0..<next(12) {
            if newer.isEmpty || next(2) == 0 {
                newer.insert("t\(next(1 + seed % 30))", at: next(newer.count + 1))
            } else {
                newer.remove(at: next(newer.count))
            }
        }
        let comparison = WordComparison(older: older.joined(separator: " "), newer: newer.joined(separator: "\n"))
        let texts = self.texts(comparison)
        #expect(texts.older == older)
        #expect(texts.newer == newer)
    }

    @Test func aTextIsComparedUpToItsLimitAndSaysSo() {
        let most = Array(repeating: "từ", count: WordComparison.most).joined(separator: " ")
        #expect(!WordComparison(older: most, newer: most).isCut)
        let more = WordComparison(older: most, newer: most + " nữa")
        #expect(more.isCut)
        #expect(more.addedCount == 0)
    }

    /// Without bounds, two texts with nothing in common would take the square of their length.
    @Test(.timeLimit(.minutes(1))) func textsWithNothingInCommonAreReplacedAsAWhole() {
        let older = (0..<WordComparison.most).map { "a\($0 % 900)" }.joined(separator: " ")
        let newer = (0..<WordComparison.most).map { "b\($0 % 900)" }.joined(separator: " ")
        let comparison = WordComparison(older: older, newer: newer)
        #expect(comparison.runs.map(\.standing) == [.removed, .added])
    }
}
