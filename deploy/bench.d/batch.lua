-- New counts of 1,000 products in one request. As when a warehouse sends its whole list, each request goes on where the
-- one before ended. The bodies are made beforehand, for wrk must not be what is measured.
local routes = dofile("common.lua")
local bodies, last = {}, 0

function init(args)
    local ids = routes.lines(args[1])
    for first = 1, math.max(#ids - 999, 1), 1000 do
        local rows = {}
        for row = first, math.min(first + 999, #ids) do
            rows[#rows + 1] = '{"method":"PUT","id":' .. ids[row] .. ',"body":{"count":'
                .. math.random(100000, 999999) .. '}}'
        end
        bodies[#bodies + 1] = "[" .. table.concat(rows, ",") .. "]"
    end
end

function request()
    last = last % #bodies + 1
    return wrk.format("POST", "/REST/stock/batch", nil, bodies[last])
end
