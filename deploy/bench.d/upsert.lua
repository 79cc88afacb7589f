-- 1,000 products in one request, named by the shop's own numbers: first they are new, then they have other prices.
local routes = dofile("common.lua")
local pages, bodies, last = 10, {}, 0

function init()
    for cycle = 0, 2 do
        for page = 0, pages - 1 do
            local rows = {}
            for row = page * 1000, page * 1000 + 999 do
                rows[#rows + 1] = '{"method":"PUT","id":"own_id:ERP-' .. row .. '","body":{"name":"Product ' .. row
                    .. ' of the ERP","list_description":"It came by batch.","price":' .. (100 + (row + cycle) % 900) .. "}}"
            end
            bodies[#bodies + 1] = "[" .. table.concat(rows, ",") .. "]"
        end
    end
end

function request()
    last = last % #bodies + 1
    return wrk.format("POST", "/REST/product/batch", nil, bodies[last])
end
