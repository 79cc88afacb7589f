package import Commerce
import Outbound
package import Transfers

extension ExternalLists {
    /// Lists that are asked for by the rules of all outgoing calls. An app that does not answer is one without a list.
    package convenience init(by client: OutboundClient) {
        self.init { url, headers in
            var request = OutboundClient.Request("GET", url)
            request.headers = headers
            guard let reply = try? await client.send(request), reply.status == 200 else { return nil }
            return reply.body
        }
    }
}
