/// What kind of file a member of a body may carry.
package enum UploadKind: Sendable {
    case image, document
}
