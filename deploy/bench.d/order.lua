-- A new order of three lines of random products.
local routes = dofile("common.lua")
local ids

function init(args) ids = routes.lines(args[1]) end

function request()
    local lines = {}
    for line = 1, 3 do
        lines[line] = '{"product_id":' .. routes.any(ids) .. ',"amount":' .. math.random(3) .. '}'
    end
    return wrk.format("POST", "/REST/order", nil, '{"products":[' .. table.concat(lines, ",") .. ']}')
end
