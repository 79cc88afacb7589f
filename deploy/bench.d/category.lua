-- The first page of a category, another category each time. FILE holds category ids.
local routes = dofile("common.lua")
local ids

function init(args) ids = routes.lines(args[1]) end

function request()
    return wrk.format("GET", "/REST/product?category_id=" .. routes.any(ids) .. "&is_online=1&limit=20")
end
