-- Shared by the routes beside it. wrk runs in this folder: wrk -s ROUTE.lua URL -- FILE_OF_PRODUCT_IDS
local routes = {}

-- The same numbers in every run, so that two runs ask for the same rows.
math.randomseed(20240601)

function routes.lines(path)
    local lines = {}
    for line in io.lines(path) do lines[#lines + 1] = line end
    return lines
end

function routes.any(list) return list[math.random(#list)] end

wrk.headers["Content-Type"] = "application/json"

-- One line for the script: requests/s, median and 99th percentile in ms, errors of any kind.
function done(summary, latency)
    local errors = summary.errors
    print(string.format("RESULT %.1f %.2f %.2f %d", summary.requests / summary.duration * 1e6,
        latency:percentile(50) / 1000, latency:percentile(99) / 1000,
        errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end

return routes
