-- One product, a random one each time.
local routes = dofile("common.lua")
local ids

function init(args) ids = routes.lines(args[1]) end

function request() return wrk.format("GET", "/REST/product/" .. routes.any(ids)) end
