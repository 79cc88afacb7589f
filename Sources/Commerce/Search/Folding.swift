/// Makes one letter of the many that are written for it.
enum Folding {
    /// Appends what a letter or digit is compared by, and nothing for any other sign.
    static func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
        let value = scalar.value
        if value < 0x80 {
            let byte = UInt8(truncatingIfNeeded: value)
            switch byte {
            case 0x61...0x7A, 0x30...0x39: bytes.append(byte)
            case 0x41...0x5A: bytes.append(byte | 0x20)
            default: break
            }
        } else if let letters = latin[scalar] {
            bytes.append(contentsOf: letters)
        } else if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
            bytes.append(contentsOf: scalar.properties.lowercaseMapping.utf8)
        }
    }

    /// The two letters that are written for one where keyboards lack it; nil for all others.
    static func spelled(_ scalar: Unicode.Scalar) -> [UInt8]? {
        switch scalar {
        case "å", "Å": Array("aa".utf8)
        case "ø", "Ø", "ö", "Ö": Array("oe".utf8)
        case "ü", "Ü": Array("ue".utf8)
        default: nil
        }
    }

    /// Latin letters with a sign, in both cases, by the plain letters they are compared as.
    private static let latin: [Unicode.Scalar: [UInt8]] = {
        let folds: [(String, String)] = [
            ("àáâãåāăąª", "a"), ("æäǽ", "ae"), ("çćĉċč", "c"), ("ðďđ", "d"), ("èéêëēĕėęě", "e"), ("ĝğġģ", "g"),
            ("ĥħ", "h"),
            ("ìíîïĩīĭįı", "i"), ("ĵ", "j"), ("ķ", "k"), ("ĺļľŀł", "l"), ("ñńņňŋ", "n"), ("òóôõöøōŏőœºǿ", "o"),
            ("ŕŗř", "r"),
            ("śŝşšș", "s"), ("ß", "ss"), ("ţťŧț", "t"), ("þ", "th"), ("ùúûüũūŭůűų", "u"), ("ŵ", "w"), ("ýÿŷ", "y"),
            ("źżž", "z"),
        ]
        var table: [Unicode.Scalar: [UInt8]] = [:]
        for (letters, plain) in folds {
            for scalar in letters.unicodeScalars {
                table[scalar] = Array(plain.utf8)
                for upper in scalar.properties.uppercaseMapping.unicodeScalars where upper.value >= 0x80 {
                    table[upper] = Array(plain.utf8)
                }
            }
        }
        return table
    }()
}
