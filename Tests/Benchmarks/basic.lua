-- wrk: asks for a token by a form, with the credentials of Basic that CREDENTIALS holds.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.headers["Authorization"] = "Basic " .. os.getenv("CREDENTIALS")
wrk.body = "grant_type=client_credentials"
