import Foundation
import Platform

/// The JSON of Decision 769/QĐ-BTTTT, in the spellings that services use.
enum NationalMessages {
    struct GetCertificate: Encodable {
        let sp_id: String
        let sp_password: String
        let user_id: String
        let serial_number: String
        let transaction_id: String
    }

    struct Status: Encodable {
        let sp_id: String
        let sp_password: String
        let transaction_id: String
    }

    struct Sign: Encodable {
        struct Options: Encodable {
            var file_type = "pdf"
            var sign_type = "hash"
        }

        struct File: Encodable {
            /// Hexadecimal, because it is a hash.
            let data_to_be_signed: String
            let doc_id: String
            let file_type: String?
            let sign_type: String?
            let file_options: Options?

            init(_ item: RemoteWish.Item, isNested: Bool) {
                let options = Options()
                self.data_to_be_signed = item.digest.hexadecimal
                self.doc_id = item.name
                self.file_type = isNested ? nil : options.file_type
                self.sign_type = isNested ? nil : options.sign_type
                self.file_options = isNested ? options : nil
            }
        }

        let sp_id: String
        let sp_password: String
        let user_id: String
        let transaction_id: String
        let serial_number: String
        let time_stamp: String
        let sign_files: [File]
    }

    struct Answer<Data: Decodable>: Decodable {
        let status_code: Int?
        let code: Int?
        let message: String?
        let data: Data?
    }

    /// `data` of `get_certificate`: a list, or an object with the list in `user_certificates`.
    struct Certificates: Decodable {
        struct Entry: Decodable {
            let cert_data: String
            let chain_data: Chain?
            let serial_number: String
        }

        private struct Object: Decodable { let user_certificates: [Entry] }

        let list: [Entry]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            self.list = try (try? container.decode([Entry].self)) ?? container.decode(Object.self).user_certificates
        }
    }

    /// `chain_data`: a list, or an object with `ca_cert` and `root_cert`.
    struct Chain: Decodable {
        private struct Object: Decodable {
            let ca_cert: String?
            let root_cert: String?
        }

        let list: [String]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let list = try? container.decode([String].self) {
                self.list = list
            } else {
                let object = try container.decode(Object.self)
                self.list = [object.ca_cert, object.root_cert].compactMap(\.self)
            }
        }
    }

    /// `data` of `sign` and of the transaction's state: `signed_files` as the Decision has it, or `signatures`.
    struct Signed: Decodable {
        struct File: Decodable {
            let doc_id: String
            let signature_value: String?
        }

        private let signed_files: [File]?
        private let signatures: [File]?
        var files: [File]? { self.signed_files ?? self.signatures }
    }

    /// Base64, with or without the lines and the armour of PEM.
    static func bytes(_ text: String) -> [UInt8]? {
        let plain = text.split(separator: "\n").filter { !$0.hasPrefix("-----") }.joined()
        return Data(base64Encoded: plain, options: .ignoreUnknownCharacters).flatMap { $0.isEmpty ? nil : Array($0) }
    }

    /// YYYYMMddHHmmssZ.
    static func time(_ date: Date) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "yyyyMMddHHmmss'Z'"
        return formatter.string(from: date)
    }
}
