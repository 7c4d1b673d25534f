import Encoding

/// A client in Java 17 or later.
enum JavaCode {
    static func text(_ values: CodeValues) -> String {
        let credentials =
            values.isInForm
            ? #"""
                    form += "&client_id=" + encoded(id) + "&client_secret=" + encoded(secret);
                    var request = HttpRequest.newBuilder(URI.create(TOKEN_URL));
            """#
            : #"""
                    var pair = encoded(id) + ":" + encoded(secret);
                    var request = HttpRequest.newBuilder(URI.create(TOKEN_URL))
                            .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(pair.getBytes()));
            """#
        return #"""
            import java.io.IOException;
            import java.net.URI;
            import java.net.URLEncoder;
            import java.net.http.HttpClient;
            import java.net.http.HttpRequest;
            import java.net.http.HttpResponse;
            import java.nio.charset.StandardCharsets;
            import java.time.DateTimeException;
            import java.time.Duration;
            import java.time.Instant;
            import java.time.ZonedDateTime;
            import java.time.format.DateTimeFormatter;
            import java.util.Base64;
            import java.util.regex.Pattern;

            /**
             * Sends requests with an OAuth 2.0 token, which is kept until shortly before it expires. Threads may share it.
             *
             * <p>The environment holds OAUTH_CLIENT_ID and OAUTH_CLIENT_SECRET.
             *
             * <pre>
             * java Token.java            prints a token
             * java Token.java URL ...    gets each URL with the token
             * </pre>
             *
             * In a program: new Token(id, secret).send(HttpRequest.newBuilder(uri)).
             */
            class Token {
                private static final String TOKEN_URL = \#(values.tokenURL.doubleQuoted);
                private static final String SCOPE = \#(values.scope.doubleQuoted); // empty: all that the client has
                private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

                private static final Pattern ACCESS_TOKEN = Pattern.compile("\"access_token\"\\s*:\\s*\"([^\"\\\\]+)\"");
                private static final Pattern EXPIRES_IN = Pattern.compile("\"expires_in\"\\s*:\\s*(\\d{1,9})");

                // It follows no redirects, which would take the secret or the token to another place.
                private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
                private final String id;
                private final String secret;
                private String token;
                private long renewAt;

                Token(String id, String secret) {
                    this.id = id;
                    this.secret = secret;
                }

                /** Returns the token, or a new one if it is about to expire or is the one that was refused. */
                synchronized String get(String refused) throws IOException, InterruptedException {
                    if (token == null || token.equals(refused) || System.nanoTime() - renewAt >= 0) renew();
                    return token;
                }

                /** Sends a request with the token. After a 401 it is sent once more, with a new token. */
                HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException, InterruptedException {
                    var first = get(null);
                    var response = sendPatiently(request.setHeader("Authorization", "Bearer " + first));
                    if (response.statusCode() != 401) return response;
                    return sendPatiently(request.setHeader("Authorization", "Bearer " + get(first)));
                }

                private void renew() throws IOException, InterruptedException {
                    var form = "grant_type=client_credentials" + (SCOPE.isEmpty() ? "" : "&scope=" + encoded(SCOPE));
            \#(credentials)
                    var response = sendPatiently(request.header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(HttpRequest.BodyPublishers.ofString(form)));
                    var body = new String(response.body(), StandardCharsets.UTF_8);
                    if (response.statusCode() != 200) {
                        var start = body.substring(0, Math.min(body.length(), 1000));
                        throw new IOException(TOKEN_URL + ": " + response.statusCode() + " " + start);
                    }
                    var found = ACCESS_TOKEN.matcher(body);
                    if (!found.find()) throw new IOException(TOKEN_URL + ": the answer holds no token");
                    var expiry = EXPIRES_IN.matcher(body);
                    var lifetime = Duration.ofSeconds(expiry.find() ? Long.parseLong(expiry.group(1)) : 0).toNanos();
                    token = found.group(1);
                    renewAt = System.nanoTime() + lifetime - Math.min(30_000_000_000L, lifetime / 10);
                }

                /** Sends a request. After a 429 or 503 it waits as Retry-After says, and tries again. */
                private HttpResponse<byte[]> sendPatiently(HttpRequest.Builder request)
                        throws IOException, InterruptedException {
                    for (int attempt = 1; ; attempt++) {
                        var sent = request.timeout(Duration.ofSeconds(30)).build();
                        var response = http.send(sent, HttpResponse.BodyHandlers.ofByteArray());
                        var isBusy = response.statusCode() == 429 || response.statusCode() == 503;
                        var wait = retryAfter(response.headers().firstValue("Retry-After").orElse(""));
                        if (!isBusy || wait == null || wait.compareTo(LONGEST_WAIT) > 0 || attempt == 4) return response;
                        Thread.sleep(Math.max(0, wait.toMillis()));
                    }
                }

                /** The wait that a Retry-After header asks for: a number of seconds or a date. Null if it is neither. */
                private static Duration retryAfter(String value) {
                    if (value.matches("\\d{1,9}")) return Duration.ofSeconds(Long.parseLong(value));
                    try {
                        var date = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME);
                        return Duration.between(Instant.now(), date.toInstant());
                    } catch (DateTimeException e) {
                        return null;
                    }
                }

                private static String encoded(String text) {
                    return URLEncoder.encode(text, StandardCharsets.UTF_8);
                }

                public static void main(String[] urls) throws InterruptedException {
                    var id = System.getenv("OAUTH_CLIENT_ID");
                    var secret = System.getenv("OAUTH_CLIENT_SECRET");
                    try {
                        if (id == null || secret == null) {
                            throw new IOException("OAUTH_CLIENT_ID or OAUTH_CLIENT_SECRET is not set");
                        }
                        var client = new Token(id, secret);
                        if (urls.length == 0) System.out.println(client.get(null));
                        for (var url : urls) {
                            var response = client.send(HttpRequest.newBuilder(URI.create(url)));
                            if (response.statusCode() >= 300) throw new IOException(url + ": " + response.statusCode());
                            System.out.writeBytes(response.body());
                        }
                    } catch (IOException e) {
                        System.err.println(e.getMessage() == null ? e.toString() : e.getMessage());
                        System.exit(1);
                    }
                }
            }
            """#
    }
}
