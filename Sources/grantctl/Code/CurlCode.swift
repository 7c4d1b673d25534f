import GrantCore
import Remedies

/// A client for a POSIX shell, by curl 7.71 or later.
enum CurlCode {
    static func text(_ values: CodeValues) -> String {
        // curl -u sends id and secret as they are, so an id with a colon only arrives in the form.
        let credentials =
            values.method == .basic
            ? #"""
                    printf 'user = "%s:%s"\n' "$(quoted "$OAUTH_CLIENT_ID")" "$(quoted "$OAUTH_CLIENT_SECRET")"
            """#
            : #"""
                    printf 'data-urlencode = "client_id=%s"\n' "$(quoted "$OAUTH_CLIENT_ID")"
                    printf 'data-urlencode = "client_secret=%s"\n' "$(quoted "$OAUTH_CLIENT_SECRET")"
            """#
        return #"""
            #!/bin/sh
            # Sends requests with an OAuth 2.0 token, which is kept in a file until shortly before it expires.
            #
            # The environment holds OAUTH_CLIENT_ID and OAUTH_CLIENT_SECRET, and OAUTH_TOKEN_CACHE if the file is to have another
            # path. Neither the secret nor a token is an argument of a program: curl reads them from its standard input.
            #
            #   sh token.sh            prints a token
            #   sh token.sh URL ...    gets each URL with the token
            set -eu
            umask 077

            token_url=\#(ShellWord.inQuotes(values.tokenURL))
            scope=\#(ShellWord.inQuotes(values.scope)) # empty: all that the client has

            : "${OAUTH_CLIENT_ID:?is not set}" "${OAUTH_CLIENT_SECRET:?is not set}"
            name=oauth-token-$(printf '%s\n' "$token_url" "$scope" "$OAUTH_CLIENT_ID" | cksum | cut -d ' ' -f 1)
            cache=${OAUTH_TOKEN_CACHE:-${XDG_RUNTIME_DIR:-${HOME:?is not set}}/.$name}
            body=$(mktemp)
            trap 'rm -f "$body" "$cache.$$"' EXIT
            trap 'exit 1' HUP INT TERM

            # A value between double quotes in curl's configuration.
            quoted() { printf '%s' "$1" | sed 's/[\\"]/\\&/g'; }

            # Sends what the configuration on standard input says. The body goes to a file, the status is printed. After a 429,
            # 503 or a timeout curl waits as Retry-After says, and tries again; it gives up after a minute.
            send() { curl -q -sS --retry 3 --retry-max-time 60 --max-time 30 -o "$body" -w '%{http_code}' --config -; }

            # A member of the JSON object in the body: a string of letters, digits, - and _, or a number.
            member() { tr -d '\n' <"$body" | sed -n "s/.*\"$1\" *: *\"\{0,1\}\([A-Za-z0-9_.~+/=-]*\).*/\1/p"; }

            new_token() {
                status=$(
                    {
                        printf 'url = "%s"\n' "$(quoted "$token_url")"
                        printf 'data-urlencode = "grant_type=client_credentials"\n'
                        if [ "$scope" ]; then printf 'data-urlencode = "scope=%s"\n' "$(quoted "$scope")"; fi
            \#(credentials.replacing("        printf", with: "            printf"))
                    } | send
                ) || exit 1
                token=$(member access_token)
                if [ "$status" != 200 ] || [ -z "$token" ]; then
                    echo "$token_url: $status $(head -c 1000 "$body")" >&2
                    exit 1
                fi
                lifetime=$(member expires_in)
                margin=$((${lifetime:-0} / 10 + 1))
                if [ "$margin" -gt 30 ]; then margin=30; fi
                # In one step, so that no other process reads half a file.
                printf '%s %s\n' $(($(date +%s) + ${lifetime:-0} - margin)) "$token" >"$cache.$$"
                mv -f "$cache.$$" "$cache"
            }

            # Puts the token into $token: the one that is kept, or a new one if it is about to expire.
            current_token() {
                renew_at=0 token=
                if [ -r "$cache" ]; then read -r renew_at token <"$cache" || :; fi
                if [ -z "$token" ] || [ "$(date +%s)" -ge "$renew_at" ]; then new_token; fi
            }

            get() {
                status=$(printf 'url = "%s"\nheader = "Authorization: Bearer %s"\n' "$(quoted "$1")" "$token" | send) || exit 1
            }

            current_token
            if [ $# = 0 ]; then printf '%s\n' "$token"; fi
            for url; do
                current_token
                get "$url"
                if [ "$status" = 401 ]; then # once more, with a new token
                    new_token
                    get "$url"
                fi
                if [ "$status" -ge 300 ]; then
                    echo "$url: $status" >&2
                    exit 1
                fi
                cat "$body"
            done
            """#
    }
}
