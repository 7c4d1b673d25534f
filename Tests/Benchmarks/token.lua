-- wrk: asks for a token by JSON, as in the README.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"client_id":"web-app","client_secret":"client-secret", "grant_type":"client_credentials"}'
