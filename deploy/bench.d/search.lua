-- A search of some thousand hits, counted by three facets and narrowed by three, other words each time.
local routes = dofile("common.lua")

function request()
    return wrk.format("GET", "/REST/product/search?q=benchmark%20" .. math.random(10, 99)
        .. "&facets=brand,category,attribute&price[lte]=" .. math.random(300, 999)
        .. "&in_stock=1&visible=1&limit=20")
end
