import Basics
import CCurl
import Foundation

/// A transfer under way: libcurl's handle and what it reads and writes. Confined to the loop's thread.
final class RunningTransfer {
    let easy: UnsafeMutableRawPointer
    private let order: TransferOrder
    private var lists: [UnsafeMutablePointer<curl_slist>] = []
    /// Where libcurl says what went wrong.
    private let words = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    private var sent = 0
    private var said = ServerWords()
    private var headers = AnswerHeaders()
    private var body: [UInt8] = []

    /// - Returns: nil where there is no memory for it.
    init?(_ order: TransferOrder) {
        guard let easy = butik_curl_easy() else { return nil }
        self.easy = easy
        self.order = order
        words.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        tell()
    }

    deinit {
        butik_curl_easy_end(easy)
        for list in lists { butik_curl_list_end(list) }
        words.deallocate()
    }

    var number: Int { order.number }
    private var isWanted: Bool { order.isWanted.value.load(ordering: .relaxed) }

    private func tell() {
        for option in order.transfer.options {
            switch option {
            case .number(let option, let value): butik_curl_number(easy, option, value)
            case .text(let option, let value): butik_curl_text(easy, option, value)
            case .texts(let option, let values):
                guard let list = list(values) else { continue }
                lists.append(list)
                butik_curl_pointer(easy, option, list)
            }
        }
        let me = Unmanaged.passUnretained(self).toOpaque()
        butik_curl_pointer(easy, CURLOPT_ERRORBUFFER, words)
        butik_curl_pointer(easy, CURLOPT_READDATA, me)
        butik_curl_pointer(easy, CURLOPT_WRITEDATA, me)
        butik_curl_pointer(easy, CURLOPT_HEADERDATA, me)
        butik_curl_call(easy, CURLOPT_READFUNCTION) { RunningTransfer.of($3)?.give($0, $1 * $2) ?? 0 }
        butik_curl_call(easy, CURLOPT_WRITEFUNCTION) { RunningTransfer.of($3)?.take($0, $1 * $2) ?? 0 }
        butik_curl_call(easy, CURLOPT_HEADERFUNCTION) { RunningTransfer.of($3)?.hear($0, $1 * $2) ?? 0 }
        butik_curl_pointer(easy, CURLOPT_XFERINFODATA, me)
        butik_curl_number(easy, CURLOPT_NOPROGRESS, 0)
        // libcurl waits for the answer to a mail's words on this thread, and looks here meanwhile.
        butik_curl_watch(easy) { me, _, _, _, _ in RunningTransfer.of(me)?.isWanted == false ? 1 : 0 }
        if order.transfer.allowed != nil {
            butik_curl_pointer(easy, CURLOPT_OPENSOCKETDATA, me)
            butik_curl_open(easy) { me, _, target in
                target.flatMap { RunningTransfer.of(me)?.open($0) } ?? CURL_SOCKET_BAD
            }
        }
        butik_curl_size(easy, CURLOPT_INFILESIZE_LARGE, curl_off_t(order.transfer.upload.count))
    }

    private func list(_ texts: [String]) -> UnsafeMutablePointer<curl_slist>? {
        texts.reduce(nil) { list, text in butik_curl_append(list, text) ?? list }
    }

    /// Says how it ended to whoever waits for that.
    func end(_ code: CURLcode) {
        let own = String(cString: words)
        order.end.resume(
            returning: TransferOutcome(
                code: code, words: own.isEmpty ? String(cString: butik_curl_words(code)) : own,
                status: Int(butik_curl_status(easy)), said: said.text,
                isUploaded: sent == order.transfer.upload.count, headers: headers.all, body: body))
    }

    /// Nobody waits for it any more.
    func cancel() {
        order.end.resume(throwing: CancellationError())
    }

    // MARK: What libcurl calls

    private static func of(_ me: UnsafeMutableRawPointer?) -> RunningTransfer? {
        me.map { Unmanaged<RunningTransfer>.fromOpaque($0).takeUnretainedValue() }
    }

    private func give(_ room: UnsafeMutablePointer<CChar>?, _ size: Int) -> Int {
        let count = min(size, order.transfer.upload.count - sent)
        guard let room, count > 0 else { return 0 }
        order.transfer.upload[sent..<sent + count].withUnsafeBytes {
            UnsafeMutableRawPointer(room).copyMemory(from: $0)
        }
        sent += count
        return count
    }

    /// Anything but `size` breaks the transfer off.
    private func take(_ bytes: UnsafeMutablePointer<CChar>?, _ size: Int) -> Int {
        let room = order.transfer.answerMax - body.count
        body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: min(size, room)))
        return size <= room ? size : 0
    }

    private func hear(_ line: UnsafeMutablePointer<CChar>?, _ size: Int) -> Int {
        let line = UnsafeRawBufferPointer(start: line, count: size)
        said.add(line)
        if order.transfer.allowed != nil { headers.add(line) }
        return size
    }

    /// Opens the socket to an address that libcurl has chosen, where it may go there (`OutboundPolicy`).
    private func open(_ target: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
        let (family, kind, number) = (target.pointee.family, target.pointee.socktype, target.pointee.protocol)
        let length = Int(target.pointee.addrlen)
        let address = withUnsafePointer(to: &target.pointee.addr) {
            NetworkAddress(UnsafeRawPointer($0), family: family, length: length)
        }
        guard let address, order.transfer.allowed?.contains(address) == true else { return CURL_SOCKET_BAD }
        return socket(family, kind | Int32(SOCK_CLOEXEC.rawValue), number)
    }
}

extension UnsafeMutableRawPointer {
    fileprivate func copyMemory(from bytes: UnsafeRawBufferPointer) {
        if let base = bytes.baseAddress { copyMemory(from: base, byteCount: bytes.count) }
    }
}
