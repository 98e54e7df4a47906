-- Single commands, each under an idempotency key of its own: a new creator's facts.
local threads = 0
function setup(thread) thread:set("number", threads); threads = threads + 1 end
function init(args)
  key, sent = args[1], 0
  math.randomseed(number * 7919 + os.time())
  run = math.random(1, 1e9)
end
function request()
  sent = sent + 1
  local name = run .. "-" .. sent
  local headers = {
    ["Authorization"] = "Bearer " .. key,
    ["Content-Type"] = "application/json",
    ["Idempotency-Key"] = name,
  }
  return wrk.format("PUT", "/v1/creators/b" .. name, headers, '{"standing":"good"}')
end
