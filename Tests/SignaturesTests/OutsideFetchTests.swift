import Testing

@testable import Signatures

/// Addresses come from strangers' certificates: none may lead into the network of the server.
struct OutsideFetchTests {
    @Test(arguments: [
        "127.0.0.1", "10.1.2.3", "172.31.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "::ffff:10.0.0.1", "2001:db8::1", "2002:a00:1::1", "name",
    ])
    func anAddressOfOnesOwnNetworkIsNotPublic(address: String) {
        #expect(!PublicAddress.isPublic(address))
    }

    @Test(arguments: ["8.8.8.8", "203.162.1.1", "172.32.0.1", "2400:cb00::1", "::ffff:8.8.8.8"])
    func othersAre(address: String) {
        #expect(PublicAddress.isPublic(address))
    }

    @Test(arguments: [
        "http://127.0.0.1:1/a.crl", "http://localhost:1/", "http://[::1]:1/", "file:///etc/passwd", "ftp://8.8.8.8/a",
        "http://user@8.8.8.8/", "gopher://a", "",
    ])
    func nothingIsFetchedFromThem(address: String) async {
        await #expect(throws: OutsideSilence.forbiddenAddress) {
            try await OutsideFetch().fetch(address, limit: 10)
        }
    }
}
