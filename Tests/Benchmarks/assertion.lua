-- wrk: asks for tokens by the assertions of a file, one a line, which ASSERTIONS names; each is sent once.
-- The requests are made before the run, so that making them takes nothing from what is measured.
local headers = { ["Content-Type"] = "application/x-www-form-urlencoded" }
local requests, number = {}, 0
init = function()
    for assertion in io.lines(os.getenv("ASSERTIONS")) do
        requests[#requests + 1] = wrk.format("POST", nil, headers, "grant_type=client_credentials"
            .. "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
            .. "&client_assertion=" .. assertion)
    end
end
request = function()
    number = number + 1
    return requests[number]
end
