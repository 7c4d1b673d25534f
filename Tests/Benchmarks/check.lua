-- wrk: goes through the tokens of a file, one a line, which TOKENS names.
-- The requests are made before the run, so that making them takes nothing from what is measured.
local requests, number = {}, 0
init = function()
    for token in io.lines(os.getenv("TOKENS")) do
        requests[#requests + 1] = wrk.format("GET", nil, { Authorization = "Bearer " .. token })
    end
end
request = function()
    number = number % #requests + 1
    return requests[number]
end
