-- A new count of one product.
local routes = dofile("common.lua")
local ids

function init(args) ids = routes.lines(args[1]) end

function request()
    return wrk.format("PUT", "/REST/stock/" .. routes.any(ids), nil, '{"count":' .. math.random(100000, 999999) .. '}')
end
