extension Schema {
    /// The schema as OpenAPI 3.1 writes it (JSON Schema 2020-12).
    ///
    /// - Parameter components: collects every object that has a name; where one stands, only a reference is written.
    func jsonSchema(into components: inout JSONObject) -> JSONValue {
        guard let name = self.name, case .object = self.kind else { return self.inline(into: &components) }
        if components[name] == nil {
            // Taken first, so that a schema that holds itself ends.
            components[name] = [:]
            var named = self
            (named.isNullable, named.note) = (false, nil)
            components[name] = named.inline(into: &components)
        }
        let reference: JSONObject = ["$ref": .string("#/components/schemas/\(name)")]
        var object = self.isNullable ? ["anyOf": [.object(reference), ["type": "null"]]] : reference
        if let note = self.note { object["description"] = .string(note) }
        return .object(object)
    }

    private func inline(into components: inout JSONObject) -> JSONValue {
        var object: JSONObject = [:]
        var type: String?
        switch self.kind {
        case .text(let length, let lines):
            type = "string"
            // What the server itself writes has no bounds here; what it takes has no control characters (`Text`).
            if length.upperBound < Int.max {
                object["pattern"] = lines ? #"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$"# : #"^[^\x00-\x1f\x7f-\x9f]*$"#
            }
            if length.lowerBound > 0 { object["minLength"] = .integer(Int64(length.lowerBound)) }
            if length.upperBound < Int.max { object["maxLength"] = .integer(Int64(length.upperBound)) }
        case .secret(let length):
            type = "string"
            object["format"] = "password"
            object["minLength"] = .integer(Int64(length.lowerBound))
            object["maxLength"] = .integer(Int64(length.upperBound))
        case .id: (type, object["format"]) = ("string", "uuid")
        case .date: (type, object["format"]) = ("string", "date")
        case .instant: (type, object["format"]) = ("string", "date-time")
        case .choice(let values):
            type = "string"
            object["enum"] = .array(values.map { .string($0) } + (self.isNullable ? [.null] : []))
        case .integer(let range):
            type = "integer"
            if let range {
                object["minimum"] = .integer(range.lowerBound)
                object["maximum"] = .integer(range.upperBound)
            }
        case .number: type = "number"
        case .boolean: type = "boolean"
        case .list(let element, let count):
            type = "array"
            object["items"] = element.jsonSchema(into: &components)
            if let count {
                if count.lowerBound > 0 { object["minItems"] = .integer(Int64(count.lowerBound)) }
                object["maxItems"] = .integer(Int64(count.upperBound))
            }
        case .object(let properties):
            type = "object"
            var members: JSONObject = [:]
            for property in properties { members[property.name] = property.schema.jsonSchema(into: &components) }
            object["properties"] = .object(members)
            let required = properties.filter(\.isRequired).map { JSONValue.string($0.name) }
            if !required.isEmpty { object["required"] = .array(required) }
            object["additionalProperties"] = .boolean(self.isOpen)
        case .any: break
        }
        var whole: JSONObject = [:]
        if let type { whole["type"] = self.isNullable ? [.string(type), "null"] : .string(type) }
        for member in object.members { whole[member.name] = member.value }
        if let note = self.note { whole["description"] = .string(note) }
        return .object(whole)
    }

    /// A small value that fits: for the tests that are made from the routes.
    ///
    /// - Parameter all: whether optional members are there too.
    public func example(all: Bool = false) -> JSONValue {
        switch self.kind {
        case .text(let length, _): .string(String(repeating: "a", count: max(1, length.lowerBound)))
        case .secret(let length): .string(String("1234567890".prefix(min(10, length.upperBound))))
        case .id: "018f0000-0000-7000-8000-000000000000"
        case .date: "2026-01-31"
        case .instant: "2026-01-31T08:00:00+07:00"
        case .choice(let values): .string(values.first ?? "")
        case .integer(let range): .integer(range?.lowerBound ?? 1)
        case .number: .number(1.5)
        case .boolean: true
        case .list(let element, let count): .array((count?.lowerBound ?? 0) > 0 ? [element.example(all: all)] : [])
        case .object(let properties):
            .object(
                JSONObject(
                    properties.filter { all || $0.isRequired }.map {
                        .init(name: $0.name, value: $0.schema.example(all: all))
                    }))
        case .any: [:]
        }
    }
}
