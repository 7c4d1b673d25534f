-- wrk: asks for tokens by the assertions of a file, one a line, which ASSERTIONS names; each is sent once.
local bodies = {}
for assertion in io.lines(os.getenv("ASSERTIONS")) do
    bodies[#bodies + 1] = "grant_type=client_credentials"
        .. "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
        .. "&client_assertion=" .. assertion
end
local headers = { ["Content-Type"] = "application/x-www-form-urlencoded" }
local number = 0
request = function()
    number = number + 1
    return wrk.format("POST", nil, headers, bodies[number])
end
