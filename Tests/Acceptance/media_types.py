"""What schemathesis loads before it starts: bodies of these types are bytes, and go onto the wire as they are."""

import schemathesis

schemathesis.serializer.alias(["application/ocsp-request", "application/timestamp-query"], "application/octet-stream")
