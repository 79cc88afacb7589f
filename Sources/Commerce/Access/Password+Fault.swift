import Basics

extension Password {
    /// What is wrong with a password that somebody chose; nil where nothing is. No rules on what it is made of (OWASP ASVS 5.0,
    /// 6.2): its length counts, and that it is none of those that are tried first.
    package static func fault(_ password: String, of email: String) -> Fault? {
        guard (10...1024).contains(password.utf8.count) else { return .length }
        let small = password.lowercased()
        let account = email.lowercased()
        let isGuessed =
            Set(small).count < 4 || common.contains(small) || account.hasPrefix(small)
            || small.hasPrefix(account.prefix { $0 != "@" } + "123")
        return isGuessed ? .guessed : nil
    }

    /// The long ones of the lists of what people choose.
    private static let common: Set<String> = Set(
        """
        1234567890 0123456789 0987654321 9876543210 12345678910 123456789a a123456789 1234512345 1122334455 1q2w3e4r5t
        1qaz2wsx3edc q1w2e3r4t5 q1w2e3r4t5y6 zaq12wsxcde3 qwertyuiop qwerty12345 qwerty123456 qwerty1234 qwertyuiop123
        asdfghjkl1 asdfghjkl123 asdfghjklæ asdfghjkl; zxcvbnm123 password12 password123 password1234 password12345
        passw0rd123 p@ssw0rd123 p@ssword123 pa55word123 passwordpassword adgangskode adgangskode1 adgangskode123
        kodeord123 kodeord1234 hemmelighed velkommen1 velkommen123 welcome123 welcome1234 iloveyou12 iloveyou123
        letmein123 letmein1234 sunshine123 princess123 football123 football1234 baseball123 superman123 dragon12345
        monkey12345 master12345 admin12345 admin123456 administrator administrator1 changeme123 changemenow secret1234
        secret12345 testtest12 testtest123 test123456 test12345678 abc1234567 abcd123456 abcdefghij abcdefghijk abcde12345
        aa12345678 a1b2c3d4e5 1a2b3c4d5e sommer2025 sommer2026 vinter2025 vinter2026 summer2025 summer2026 winter2025
        winter2026 københavn1 copenhagen danmark123 starwars123 pokemon123 minecraft1 liverpool1 barcelona1 manchester
        whatever123 computer123 internet123 shoporama1 shoporama123 butik12345 butik123456
        """.split { $0 == " " || $0 == "\n" }.map(String.init))
}

extension Password.Fault {
    /// The same as a sentence of a page.
    package var sentence: String { description.prefix(1).uppercased() + description.dropFirst() + "." }
}
