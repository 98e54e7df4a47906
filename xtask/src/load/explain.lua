-- What a creator's pages ask, of a creator with a year of days: `trends`, `change` or `diagnosis`.
local threads = 0
function setup(thread) thread:set("number", threads); threads = threads + 1 end
function init(args)
  key, kind = args[1], args[2]
  math.randomseed(number * 7919 + os.time())
end
local first = 1735689600
local function day(place) return os.date("!%Y-%m-%d", first + place * 86400) end
function request()
  local query
  if kind == "trends" then
    query = "from=" .. day(0) .. "&through=" .. day(364)
  elseif kind == "change" then
    local start = math.random(0, 183)
    query = "from=" .. day(start) .. "&through=" .. day(start + 181)
      .. "&before_from=" .. day(0) .. "&before_through=" .. day(181)
  else
    query = "day=" .. day(math.random(0, 364))
  end
  local path = "/v1/creators/star/" .. kind .. "?program=bench&" .. query
  return wrk.format("GET", path, { ["Authorization"] = "Bearer " .. key })
end
