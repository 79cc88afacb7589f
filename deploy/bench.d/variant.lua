-- A new price for one variant of a product that has many. FILE holds the product's id, then those of its variants.
local routes = dofile("common.lua")
local ids, product

function init(args)
    ids = routes.lines(args[1])
    product = table.remove(ids, 1)
end

function request()
    return wrk.format("PUT", "/REST/product/" .. product, nil, '{"stock_settings":[{"variant_id":' .. routes.any(ids)
        .. ',"price":' .. math.random(100, 999) .. "}]}")
end
