import HTTPTypes

/// Writes the OpenAPI 3.1 document from the routes that are served.
struct OpenAPI {
    private var components: JSONObject = [:]
    private let routes: [Route]
    private let version: String

    /// The document in UTF-8.
    static func document(of routes: [Route], version: String) -> [UInt8] {
        var document = OpenAPI(routes: routes, version: version)
        return document.value().bytes
    }

    private init(routes: [Route], version: String) {
        self.routes = routes
        self.version = version
    }

    private mutating func value() -> JSONValue {
        var paths: JSONObject = [:]
        for route in self.routes {
            var item: JSONObject = [:]
            if case .object(let known)? = paths[route.path] { item = known }
            item[route.method.rawValue.lowercased()] = self.operation(route)
            paths[route.path] = .object(item)
        }
        _ = Self.problem.jsonSchema(into: &self.components)
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Vănthư", "version": .string(self.version),
                "description": .string(Self.introduction),
            ],
            "servers": [["url": "/"]],
            "paths": .object(paths),
            "components": [
                "schemas": .object(self.components),
                "responses": ["Problem": Self.problemResponse],
                "securitySchemes": [
                    "session": [
                        "type": "apiKey", "in": "cookie", "name": .string(Credential.cookieName),
                        "description": "Changes by cookie also need the header X-CSRF-Token.",
                    ],
                    "token": ["type": "http", "scheme": "bearer"],
                ],
            ],
        ]
    }

    private mutating func operation(_ route: Route) -> JSONValue {
        var operation: JSONObject = [
            "operationId": .string(route.name), "summary": .string(route.summary), "tags": [.string(route.group)],
        ]
        let parameters = self.parameters(route)
        if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
        switch route.body {
        case .none: break
        case .json(let schema):
            operation["requestBody"] = [
                "required": true,
                "content": ["application/json": ["schema": schema.jsonSchema(into: &self.components)]],
            ]
        case .bytes(let mediaType, let limit):
            operation["requestBody"] = [
                "required": true,
                "content": [
                    mediaType: ["schema": ["type": "string", "format": "binary", "maxLength": .integer(Int64(limit))]]
                ],
            ]
        case .file:
            operation["requestBody"] = [
                "required": true,
                "content": ["application/octet-stream": ["schema": [:]], "application/pdf": ["schema": [:]]],
            ]
        }
        operation["responses"] = self.responses(route)
        switch route.access {
        case .anyone: operation["security"] = []
        case .signedIn(let scope):
            operation["security"] = scope == .account ? [["session": []]] : [["session": []], ["token": []]]
            if let scope, scope != .account {
                operation["description"] = .string("A token needs the scope `\(scope.rawValue)`.")
            }
        }
        return .object(operation)
    }

    private mutating func parameters(_ route: Route) -> [JSONValue] {
        var parameters = route.captures.map { name -> JSONValue in
            [
                "name": .string(name), "in": "path", "required": true,
                "schema": name == "id" ? ["type": "string", "format": "uuid"] : ["type": "string", "minLength": 1],
            ]
        }
        for parameter in route.query {
            parameters.append([
                "name": .string(parameter.name), "in": "query", "required": .boolean(parameter.isRequired),
                "schema": parameter.schema.jsonSchema(into: &self.components),
            ])
        }
        func header(_ name: String, required: Bool, _ note: String, pattern: String? = nil) {
            var schema: JSONObject = ["type": "string"]
            if let pattern { schema["pattern"] = .string(pattern) }
            parameters.append([
                "name": .string(name), "in": "header", "required": .boolean(required), "description": .string(note),
                "schema": .object(schema),
            ])
        }
        if route.traits.contains(.ifMatch) {
            header(
                "If-Match", required: true, "The ETag of what was read; 412 when it has changed since.",
                pattern: #"^"[0-9]{1,18}(-[0-9a-f]{16})?"$"#)
        }
        if route.traits.contains(.idempotent) {
            header(
                "Idempotency-Key", required: false, "A repetition with the same key is answered as the first was.",
                pattern: "^[!-~]{1,128}$")
        }
        if route.traits.contains(.tagged) {
            header("If-None-Match", required: false, "An ETag that is known already; 304 when it still holds.")
        }
        if route.traits.contains(.ranged) { header("Range", required: false, "One range of bytes.") }
        return parameters
    }

    private mutating func responses(_ route: Route) -> JSONValue {
        var responses: JSONObject = [:]
        for answer in route.answers {
            var response: JSONObject = ["description": .string(answer.note)]
            if let schema = answer.schema {
                response["content"] = [answer.mediaType: ["schema": schema.jsonSchema(into: &self.components)]]
            } else if answer.status != .noContent {
                response["content"] = [answer.mediaType: ["schema": [:]]]
            }
            responses[String(answer.status.code)] = .object(response)
            if route.traits.contains(.ranged) {
                responses["206"] = [
                    "description": "The part that was asked for.", "content": ["*/*": ["schema": [:]]],
                ]
            }
        }
        if route.traits.contains(.tagged) { responses["304"] = ["description": "What the caller has is current."] }
        responses["default"] = ["$ref": "#/components/responses/Problem"]
        return .object(responses)
    }

    private static let problemResponse: JSONValue = [
        "description": """
        No, and why: 400 malformed, 401 not signed in, 403 not allowed, 404 not there or not to be seen, \
        405 method not served here, 409 not in this state, 412 changed since it was read, 413 too large, 422 wrong data, \
        423 locked, 428 If-Match missing, 429 too many attempts, 503 for now.
        """,
        "content": ["application/problem+json": ["schema": ["$ref": "#/components/schemas/Problem"]]],
    ]

    private static let problem: Schema = {
        let issue = Schema.object(
            "ProblemIssue", .required("field", .text()), .required("code", .text()), .required("message", .text()))
        var problem = Schema.object(
            "Problem",
            .required("type", .text()), .required("title", .text()), .required("status", .integer(400...599)),
            .required("detail", .text()), .required("code", .text("Stable; what programs look at.")),
            .required("instance", .text("Names the request in the server's log.")),
            Property(name: "errors", schema: .list(issue), isRequired: false)
        )
        problem.isOpen = true
        return problem
    }()

    private typealias Property = Schema.Property

    private static let introduction = """
        Electronic documents and e-office of a nationwide post. Field names are snake_case, times RFC 3339, ids UUIDs, texts NFC. \
        Lists come in pages: follow `Link` or pass `next` as `after`. What changes demands `If-Match`; what creates takes \
        `Idempotency-Key`. What one may not see answers 404.
        """
}
