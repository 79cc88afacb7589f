-- One batch over and over, its rows forwards in one request and backwards in the next, so that of the requests under way
-- at any time half hold them in the opposite order. Each @ in a row becomes another number in each request.
-- wrk -s storm.lua URL -- FILE_OF_ROWS PATH
local routes = dofile("common.lua")
local threads, forwards, backwards, path = {}, nil, nil, nil
local sent = 0
statuses = {}

function setup(thread) threads[#threads + 1] = thread end

function init(args)
    local rows = routes.lines(args[1])
    path = args[2]
    forwards = "[" .. table.concat(rows, ",") .. "]"
    local turned = {}
    for row = #rows, 1, -1 do turned[#turned + 1] = rows[row] end
    backwards = "[" .. table.concat(turned, ",") .. "]"
end

function request()
    sent = sent + 1
    return wrk.format("POST", path, nil, ((sent % 2 == 0 and forwards or backwards):gsub("@", sent)))
end

function response(status) statuses[status] = (statuses[status] or 0) + 1 end

-- STORM requests/s, the slowest in ms, requests without an answer, and how often each status came.
function done(summary, latency)
    local errors, all, words = summary.errors, {}, {}
    for _, thread in ipairs(threads) do
        for status, count in pairs(thread:get("statuses")) do all[status] = (all[status] or 0) + count end
    end
    for status, count in pairs(all) do words[#words + 1] = status .. "x" .. count end
    table.sort(words)
    print(string.format("STORM %.1f %.0f %d %s", summary.requests / summary.duration * 1e6, latency.max / 1000,
        errors.connect + errors.read + errors.write + errors.timeout, table.concat(words, ",")))
end
