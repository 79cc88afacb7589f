import Basics

/// What OAuth clients prove themselves by, and how they are told what is wrong.
extension OpenAPI {
    static let clientScheme: JSON = [
        "type": "http", "scheme": "basic",
        "description": "The client's id and secret (RFC 6749 2.3.1); both may stand in the form instead.",
    ]

    static let clientResponse: JSON = [
        "description": "What is wrong with the form (RFC 6749 5.2), or a problem with how it came.",
        "content": [
            "application/json": [
                "schema": [
                    "type": "object", "required": ["error", "error_description"], "additionalProperties": false,
                    "properties": ["error": ["type": "string"], "error_description": ["type": "string"]],
                ]
            ],
            "application/problem+json": ["schema": ["$ref": "#/components/schemas/Problem"]],
        ],
    ]
}
