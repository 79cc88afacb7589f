import Media
import Resources
import Support
import Testing

/// What an image says of itself is read and judged before any decoder sees it.
@Suite struct ImageHeaderTests {
    private func read(_ bytes: [UInt8]) throws(FieldFault) -> ImageHeader {
        let result = bytes.withUnsafeBytes { buffer in
            do throws(FieldFault) {
                return Result<ImageHeader, FieldFault>.success(try ImageHeader.read(buffer))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func fault(_ bytes: [UInt8]) -> String {
        do throws(FieldFault) {
            _ = try read(bytes)
            return ""
        } catch {
            return error.code
        }
    }

    @Test(arguments: ["png", "jpg", "webp", "avif"])
    func `an image of each kind is known by its bytes, with its sides`(_ kind: String) throws {
        let png = Picture.png(40, 30)
        let header = try read(kind == "png" ? png : Picture.converted(png, to: kind))
        #expect(header.type.fileExtension == kind)
        #expect((header.width, header.height) == (40, 30))
        #expect(header.frames == 1)
    }

    @Test func `the frames of a GIF are counted`() throws {
        let header = try read(Picture.gif(frames: 7))
        #expect(header.type == .gif)
        #expect((header.width, header.height, header.frames) == (2, 2, 7))
    }

    @Test func `wherever an image is cut off, it is refused`() throws {
        let png = Picture.png(8, 6)
        let images =
            [png, Picture.gif(frames: 2)] + (try ["jpg", "webp", "avif"].map { try Picture.converted(png, to: $0) })
        for image in images {
            #expect(fault(image) == "")
            for count in 0..<image.count { #expect(fault(Array(image[..<count])) != "", "\(count) of \(image.count)") }
        }
    }

    @Test func `bytes turned at random never trap a reader`() throws {
        var dice = Dice(seed: 9)
        let png = Picture.png(8, 6)
        let images =
            [png, Picture.gif(frames: 3)] + (try ["jpg", "webp", "avif"].map { try Picture.converted(png, to: $0) })
        for image in images {
            for _ in 0..<1500 {
                var broken = image
                for _ in 0...dice.roll(0...6) {
                    broken[Int(dice.roll(0...Int64(image.count - 1)))] = UInt8(dice.roll(0...255))
                }
                let header = try? read(broken)
                #expect((header?.width ?? 1) > 0)
            }
        }
    }

    @Test func `60 megapixels are refused however few bytes say so`() {
        for image in [
            Picture.png(10_000, 6000, data: [0]), Picture.emptyJPEG(10_000, 6000), Picture.gif(frames: 1, side: 8000),
            Picture.emptyWebP(10_000, 6000, frames: 1), Picture.emptyAVIF(10_000, 6000),
            Picture.png(50_000, 1, data: [0]),
            Picture.png(4_294_967_295, 4_294_967_295, data: [0]),
        ] {
            #expect(fault(image) == "too_many_pixels")
            #expect(image.count < 40_000)
        }
    }

    @Test func `10,000 frames are refused, and so are small ones that add up`() {
        #expect(fault(Picture.gif(frames: 10_000)) == "too_many_frames")
        #expect(fault(Picture.emptyWebP(2, 2, frames: 10_000)) == "too_many_frames")
        let frames = Picture.chunk("acTL", [0, 0, 0x27, 0x10, 0, 0, 0, 0])
        #expect(fault(Picture.png(2, 2, data: [0], more: frames)) == "too_many_frames")
        #expect(fault(Picture.emptyWebP(3000, 3000, frames: 50)) == "too_many_pixels")
        #expect(fault(Picture.gif(frames: 100)) == "")
    }

    @Test func `what is no image is refused, whatever it is called`() {
        for text in [
            "", "hej", "<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/>", "<?xml version='1.0'?><svg/>",
            "<html><script>alert(1)</script>", "GIF88a......", "RIFF\u{1}\u{1}\u{1}\u{1}WAVEfmt ", "%PDF-1.4\n%%EOF",
            "BM......",
        ] {
            #expect(fault(Array(text.utf8)) == "unknown_type", "\(text)")
        }
        let heic = Picture.box("ftyp", Array("heic".utf8) + [0, 0, 0, 0] + Array("mif1heic".utf8))
        #expect(fault(heic) == "unknown_type")
        #expect(fault(Picture.emptyAVIF(2, 2, more: Picture.box("moov", []))) == "unknown_type")
    }

    @Test func `sides of nothing are refused`() {
        #expect(fault(Picture.png(0, 5, data: [0])) == "damaged")
        #expect(fault(Picture.emptyJPEG(0, 5)) == "damaged")
        #expect(fault(Picture.emptyAVIF(0, 5)) == "damaged")
        #expect(fault(Picture.gif(frames: 0)) == "damaged")
    }

    @Test func `base64 is read with and without a prefix, line ends and padding, and nothing else is`() {
        let bytes = Picture.png(3, 3)
        let text = bytes.base64
        let lines = text.enumerated().map { $0 % 20 == 19 ? "\($1)\r\n" : "\($1)" }.joined()
        let unpadded = String(text.prefix { $0 != "=" })
        for form in [text, "data:image/png;base64," + text, lines, unpadded] { #expect(Base64.decode(form) == bytes) }
        for wrong in [
            "", "a", "a===", "=", "ab=c", "ab c", "a-b_", "data:image/png,abcd", "data:;base64", "\u{e6}bcd", "abcde",
        ] {
            #expect(Base64.decode(wrong) == nil, "\(wrong)")
        }
    }
}
