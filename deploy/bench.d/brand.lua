-- A new brand.
dofile("common.lua")
local made = 0

function request()
    made = made + 1
    return wrk.format("POST", "/REST/brand", nil, '{"name":"Brand ' .. made .. '"}')
end
