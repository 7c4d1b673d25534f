-- wrk: goes through the tokens of a file, one a line, which TOKENS names.
local headers = {}
for token in io.lines(os.getenv("TOKENS")) do
    headers[#headers + 1] = { Authorization = "Bearer " .. token }
end
local number = 0
request = function()
    number = number % #headers + 1
    return wrk.format("GET", nil, headers[number])
end
