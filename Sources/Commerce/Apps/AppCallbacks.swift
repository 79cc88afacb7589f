import Resources

/// What apps are told of their installations (seed 002, "Callback URL").
enum AppCallbacks {
    enum Occasion: String {
        case install, update, uninstall
    }

    /// The one place that hears of every installation, change of values and end, in the transaction of it. Whoever delivers
    /// callbacks puts one in line here; `AppStatus` has what it says.
    static func tell(_ occasion: Occasion, _ install: AppInstall, in tx: Transaction) throws {}
}
