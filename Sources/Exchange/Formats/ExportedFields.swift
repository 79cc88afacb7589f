import Commerce

/// The fields of a product that travel as they are: no ids, no times of ours, nothing that is worked out.
package enum ExportedFields {
    private static let ours: Set<String> = ["profile_id", "online_since", "bundle"]

    package static let plain = Product.info.fields.filter { field in
        !field.isHidden && !field.isReadOnly && field.reference == nil && field.referencesEach == nil
            && !ours.contains(field.name)
    }
}
