import Basics
import Persistence
import Resources

/// What templates know of the page and the shop: `$page` and `$shop`.
struct PageFacts: Sendable {
    private let page: JSON
    private let shop: JSON

    /// - Throws: 404 where the page is about an object that there is not.
    static func found(
        _ kind: AppCode.PageKind?, _ id: Int64?, for tenant: Tenant, in storage: any Storage
    ) async throws -> PageFacts {
        let shop: JSON = [
            "name": .string(tenant.name), "url": .string(tenant.url), "currency": .string(tenant.currency.code),
            "webshop_id": .number(JSONNumber(tenant.webshopID)),
        ]
        var page = JSONObject([.init("type", kind.map { .string($0.rawValue) } ?? .null)])
        if let id { page.append("id", .number(JSONNumber(id))) }
        if let info = kind?.resource, let id {
            let object = try await object(info, id, for: tenant, in: storage)
            page.append("url", object["url"] ?? .null)
            page.append("title", object["name"] ?? .null)
        } else {
            page.append("url", .string(tenant.url + (kind?.path ?? "")))
            page.append("title", .string(tenant.name))
        }
        return PageFacts(page: .object(page), shop: shop)
    }

    private static func object(
        _ info: ResourceInfo, _ id: Int64, for tenant: Tenant, in storage: any Storage
    ) async throws -> JSONObject {
        let wanted = Query([.init(name: "fields", value: "name,url")])
        let bytes = try await RowSelection(info, wanted, for: tenant, isStrict: false).array(of: [id], from: storage)
        guard case .array(let objects) = try JSONParser.parse(bytes), case .object(let object)? = objects.first else {
            throw Problem.notFound(info.path)
        }
        return object
    }

    /// All that templates of an installation know.
    func values(entered: JSON) -> JSONObject {
        JSONObject([.init("app_vars", entered), .init("shop", shop), .init("page", page)])
    }
}

extension AppCode.PageKind {
    /// What such pages are about, where that is kept here.
    fileprivate var resource: ResourceInfo? {
        switch self {
        case .product: Product.info
        case .category: Category.info
        case .landingPage: LandingPage.info
        default: nil
        }
    }

    /// Below the shop's address, where it is one page.
    fileprivate var path: String {
        switch self {
        case .search, .basket, .address, .shipping, .approve, .thanks, .order, .also: rawValue
        case .product, .landingPage, .category, .page, .blogPost: ""
        }
    }
}
