import API
import Foundation
import HTTPTypes
import Hummingbird
import Office
import Platform
import Signatures

/// With what the visitor can sign: the key on the server, a token, a certificate at a remote service, or another program altogether.
struct SigningWays: Sendable {
    enum Way: Sendable, Hashable {
        case soft, token
        case remote(UUID)

        /// As addresses and the browser's memory name it.
        var name: String {
            switch self {
            case .soft: "soft"
            case .token: "token"
            case .remote(let id): id.text
            }
        }

        init?(_ name: String?) {
            switch name {
            case "soft": self = .soft
            case "token": self = .token
            default:
                guard let id = name.flatMap({ UUID(text: $0) }) else { return nil }
                self = .remote(id)
            }
        }
    }

    let purpose: CertificatePurpose
    /// What there is, the likeliest first.
    let ways: [Way]
    /// Of those that the policy lets sign at least one of the documents.
    private let certificates: [JSONValue]
    private let providers: [RemoteProvider]

    /// - Parameters:
    ///   - certificates: as `CertificateQueries.usable` has them.
    ///   - documents: rows with `direction` and `type`.
    init(
        _ purpose: CertificatePurpose, certificates: [JSONValue], documents: [JSONValue], desk: SigningDesk
    ) {
        let step: SignaturePolicy.Step = purpose == .signer ? .sign : .seal
        let permitted = certificates.filter { certificate in
            guard let kind = certificate["kind"].text.flatMap(CertificateKind.init) else { return false }
            return documents.contains { document in
                desk.policy.permits(
                    kind, step, direction: document["direction"].text ?? "", type: document["type"].text ?? "")
            }
        }
        var ways: [Way] = permitted.contains { $0["device"].text == "soft" } ? [.soft] : []
        ways += permitted.filter { $0["device"].text == "remote" }.compactMap { Way($0["id"].text) }
        // Whether a token is in the machine is not known here: its page finds out.
        ways.append(.token)
        self.purpose = purpose
        self.ways = ways
        self.certificates = permitted
        self.providers = desk.remote.providers
    }

    var hasKey: Bool { self.ways.contains(.soft) }

    /// The one that was asked for, or used last in this browser, or the likeliest.
    func chosen(_ name: String?, _ visit: Visit) -> Way {
        for candidate in [name, visit.rememberedWay(self.purpose)] {
            if let way = Way(candidate), self.ways.contains(way) { return way }
        }
        return self.ways.first ?? .token
    }

    /// The certificate of a way: for a token the one that was used last.
    func certificate(of way: Way) -> JSONValue? {
        self.certificates.first { certificate in
            switch way {
            case .soft: certificate["device"].text == "soft"
            case .token: certificate["device"].text == "token"
            case .remote(let id): certificate["id"].text == id.text
            }
        }
    }

    /// The name of a remote service as people know it.
    static func service(_ id: String?, _ desk: SigningDesk) -> String {
        desk.remote.providers.first { $0.id == id }?.name ?? id ?? ""
    }

    /// The ways as links.
    ///
    /// - Parameter address: of the page that signs so.
    func links(_ here: Way?, _ visit: Visit, address: (Way) -> String) -> JSONValue {
        .array(
            self.ways.map { way in
                var label = visit.word("signing.way_\(way.kind)")
                if case .remote = way, let certificate = self.certificate(of: way) {
                    let name = self.providers.first { $0.id == certificate["provider"].text }?.name
                    label += " · \(name ?? certificate["provider"].text ?? "")"
                }
                return ["label": .string(label), "href": .string(address(way)), "is_here": .boolean(way == here)]
            })
    }
}

extension SigningWays.Way {
    /// Without saying which.
    var kind: String {
        if case .remote = self { "remote" } else { self.name }
    }
}

extension ActGround {
    private func ways(_ purpose: CertificatePurpose) -> SigningWays {
        SigningWays(
            purpose, certificates: self.content["usable"]?.elements ?? [],
            documents: self.content["document"].map { [$0] } ?? [], desk: self.visit.services.desk)
    }

    private func address(_ purpose: CertificatePurpose, _ way: SigningWays.Way) -> String {
        let page = "/documents/\(self.document.text)/\(purpose.batchAction)"
        switch way {
        case .soft: return "\(page)?way=soft"
        case .token: return "\(page)/token"
        case .remote: return BatchWish.address(purpose, [self.document.text], way: way)
        }
    }

    /// The page of the way that this browser signed with last, when it is there for this document and is not the key on the server.
    func rememberedWay(_ purpose: CertificatePurpose) -> String? {
        guard self.isOpen, !self.isByDelegation, self.visit.query["way"] == nil,
            let way = SigningWays.Way(self.visit.rememberedWay(purpose)), way != .soft,
            self.ways(purpose).ways.contains(way)
        else { return nil }
        return self.address(purpose, way)
    }

    /// Adds the ways in which the document can be signed, as the part `ways` shows them.
    ///
    /// - Parameter here: the one of this page; nil for signing elsewhere.
    mutating func addWays(_ purpose: CertificatePurpose, here: SigningWays.Way?) {
        let ways = self.ways(purpose)
        self.content["ways"] = ways.links(here, self.visit) { self.address(purpose, $0) }
        self.content["elsewhere"] = .string("/documents/\(self.document.text)/\(purpose.batchAction)/upload")
        self.content["at_elsewhere"] = .boolean(here == nil)
    }
}

extension Visit {
    private static func wayCookie(_ purpose: CertificatePurpose) -> String { "vanthu_way_\(purpose.rawValue)" }

    /// With what this browser signed last.
    func rememberedWay(_ purpose: CertificatePurpose) -> String? {
        self.request.headers[.cookie].flatMap { Credential.cookie(Self.wayCookie(purpose), in: $0) }
    }

    /// Has the browser remember a way that was chosen.
    func remember(_ way: SigningWays.Way, _ purpose: CertificatePurpose, in response: inout Response) {
        response.headers.append(
            .init(
                name: .setCookie,
                value: "\(Self.wayCookie(purpose))=\(way.name); Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"))
    }
}
