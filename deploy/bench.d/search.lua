-- A search of some thousand hits with three facets, other words each time.
local routes = dofile("common.lua")

function request()
    return wrk.format("GET", "/REST/product/search?q=benchmark%20" .. math.random(10, 99)
        .. "&facets=brand,category,price&visible=1&limit=20")
end
