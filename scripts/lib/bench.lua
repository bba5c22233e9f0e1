-- wrk plays prepared requests (sql/bench/requests.sql): in turn when BENCH_ONCE is set, for ever round otherwise.
-- The last line printed is one JSON object.
local lines = {}
local place = 0
local once = os.getenv("BENCH_ONCE") ~= nil
local run = os.getenv("BENCH_RUN") or "0"

local function read()
    for line in io.lines(os.getenv("BENCH_REQUESTS")) do
        local method, path, secret, csrf, version, key, body = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)$")
        local head = method .. " " .. path .. " HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: vanthu_session=" .. secret .. "\r\n"
        if method ~= "GET" then
            head = head .. "X-CSRF-Token: " .. csrf .. "\r\nContent-Type: application/json\r\nContent-Length: " .. #body .. "\r\n"
        end
        if version ~= "" then head = head .. "If-Match: " .. version .. "\r\n" end
        -- What comes before a fresh Idempotency-Key, and what after it; or the whole.
        if key ~= "" then
            lines[#lines + 1] = { head .. "Idempotency-Key: " .. run .. "-", "\r\n\r\n" .. body }
        else
            lines[#lines + 1] = head .. "\r\n" .. body
        end
    end
end

function init()
    read()
    if not once then place = math.floor(tonumber(run) * 997) % #lines end
end

function request()
    place = place + 1
    local line = lines[once and math.min(place, #lines) or (place - 1) % #lines + 1]
    if type(line) == "string" then return line end
    return line[1] .. place .. line[2]
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        '{"requests": %d, "seconds": %.6f, "p50_ms": %.3f, "p99_ms": %.3f, "refused": %d, "broken": %d}\n',
        summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000, errors.status,
        errors.connect + errors.read + errors.write + errors.timeout))
end
