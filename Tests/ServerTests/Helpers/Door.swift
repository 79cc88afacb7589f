/// A door that tests open when they like, and that tells how many stand before it.
actor Door {
    private var isOpen = false
    private var before: [CheckedContinuation<Void, Never>] = []
    private var watchers: [(count: Int, go: CheckedContinuation<Void, Never>)] = []

    func pass() async {
        guard !isOpen else { return }
        await withCheckedContinuation { here in
            before.append(here)
            let ready = watchers.filter { $0.count <= before.count }
            watchers.removeAll { $0.count <= before.count }
            for watcher in ready { watcher.go.resume() }
        }
    }

    /// Returns once so many stand before the door.
    func wait(for count: Int) async {
        guard before.count < count else { return }
        await withCheckedContinuation { watchers.append((count, $0)) }
    }

    func open() {
        isOpen = true
        for here in before { here.resume() }
        before = []
    }
}
