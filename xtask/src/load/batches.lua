-- Batches of 1,000 events, each event new.
local threads = 0
function setup(thread) thread:set("number", threads); threads = threads + 1 end
function init(args)
  key, sent = args[1], 0
  math.randomseed(number * 7919 + os.time())
  run = math.random(1, 1e9)
end
function request()
  local rows = {}
  for row = 1, 1000 do
    sent = sent + 1
    rows[row] = '{"event_id":"' .. run .. '-' .. sent .. '","time":"2026-06-01T10:00:00Z","work":"w'
      .. (sent % 3 + 1) .. '","viewer":"u' .. (sent % 5000) .. '","watch_ms":15000}'
  end
  local headers = {["Authorization"] = "Bearer " .. key, ["Content-Type"] = "application/x-ndjson"}
  return wrk.format("POST", "/v1/events", headers, table.concat(rows, "\n"))
end
