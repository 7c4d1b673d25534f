/// A client in JavaScript for Node.js 18 or later.
enum NodeCode {
    static func text(_ values: CodeValues) -> String {
        let credentials =
            values.isInForm
            ? #"""
                form.set("client_id", this.#id);
                form.set("client_secret", this.#secret);
                const headers = {};
            """#
            : #"""
                const pair = `${encodeURIComponent(this.#id)}:${encodeURIComponent(this.#secret)}`;
                const headers = { Authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
            """#
        return #"""
            // Sends requests with an OAuth 2.0 token, which is kept until shortly before it expires.
            //
            // The environment holds OAUTH_CLIENT_ID and OAUTH_CLIENT_SECRET.
            //
            //   node token.mjs            prints a token
            //   node token.mjs URL ...    gets each URL with the token
            //
            // In a program: import { Client } from "./token.mjs"; await new Client(id, secret).fetch(url).
            import process from "node:process";
            import { setTimeout as sleep } from "node:timers/promises";
            import { pathToFileURL } from "node:url";

            const TOKEN_URL = \#(values.tokenURL.doubleQuoted);
            const SCOPE = \#(values.scope.doubleQuoted); // empty: all that the client has
            const LONGEST_WAIT = 60; // seconds

            /** Holds one token. Calls that overlap share it, and the request for it. */
            export class Client {
              #id;
              #secret;
              #token;
              #renewAt = 0;
              #pending;

              constructor(id, secret) {
                this.#id = id;
                this.#secret = secret;
              }

              /** The token, or a new one if it is about to expire or is the one that was refused. */
              async token(refused) {
                if (this.#token && this.#token !== refused && performance.now() < this.#renewAt) return this.#token;
                this.#pending ??= this.#renew().finally(() => (this.#pending = undefined));
                return this.#pending;
              }

              /** Like fetch, with the token. After a 401 it is sent once more, with a new token. */
              async fetch(url, options = {}) {
                const token = await this.token();
                const response = await this.#send(url, options, token);
                if (response.status !== 401) return response;
                await response.body?.cancel();
                return this.#send(url, options, await this.token(token));
              }

              #send(url, options, token) {
                const headers = new Headers(options.headers);
                headers.set("Authorization", `Bearer ${token}`);
                return send(url, { ...options, headers });
              }

              async #renew() {
                const form = new URLSearchParams({ grant_type: "client_credentials" });
                if (SCOPE) form.set("scope", SCOPE);
            \#(credentials)
                // A redirect would take the secret to another place.
                const response = await send(TOKEN_URL, { method: "POST", headers, body: form, redirect: "error" });
                const body = await response.text();
                if (!response.ok) throw new Error(`${TOKEN_URL}: ${response.status} ${body.slice(0, 1000)}`);
                let answer;
                try {
                  answer = JSON.parse(body);
                } catch {}
                if (typeof answer?.access_token !== "string") throw new Error(`${TOKEN_URL}: the answer holds no token`);
                const lifetime = answer.expires_in ?? 0;
                this.#token = answer.access_token;
                this.#renewAt = performance.now() + 1000 * (lifetime - Math.min(30, lifetime / 10));
                return this.#token;
              }
            }

            /** Sends a request. After a 429 or 503 it waits as Retry-After says, and tries again. */
            async function send(url, options) {
              for (let attempt = 1; ; attempt++) {
                const response = await fetch(url, { signal: AbortSignal.timeout(30_000), ...options });
                const wait = retryAfter(response.headers.get("Retry-After"));
                if (![429, 503].includes(response.status) || !(wait <= LONGEST_WAIT) || attempt === 4) return response;
                await response.body?.cancel();
                await sleep(1000 * wait);
              }
            }

            /** The seconds of a Retry-After header: a number or a date. NaN if it is neither. */
            function retryAfter(value) {
              if (/^\d+$/.test(value ?? "")) return Number(value);
              return Math.max(0, (Date.parse(value) - Date.now()) / 1000);
            }

            async function main(urls) {
              const { OAUTH_CLIENT_ID: id, OAUTH_CLIENT_SECRET: secret } = process.env;
              if (!id || !secret) throw new Error("OAUTH_CLIENT_ID or OAUTH_CLIENT_SECRET is not set");
              const client = new Client(id, secret);
              if (urls.length === 0) console.log(await client.token());
              for (const url of urls) {
                const response = await client.fetch(url);
                if (!response.ok) throw new Error(`${url}: ${response.status}`);
                process.stdout.write(Buffer.from(await response.arrayBuffer()));
              }
            }

            if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
              main(process.argv.slice(2)).catch((error) => {
                console.error([error.message, error.cause?.message].filter(Boolean).join(": "));
                process.exitCode = 1;
              });
            }
            """#
    }
}
