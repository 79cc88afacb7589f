package import Resources

/// Finding products by words.
package enum Search {
    package static let area = Area(
        "search",
        actions: SearchEndpoints.all,
        jobs: SearchUpkeep.jobs)
}
