/// A client in PHP 8.1 or later, without extensions that may be missing.
enum PHPCode {
    static func text(_ values: CodeValues) -> String {
        let credentials =
            values.isInForm
            ? #"""
                    $form += ['client_id' => $this->id, 'client_secret' => $this->secret];
                    $headers = [];
            """#
            : #"""
                    $pair = rawurlencode($this->id) . ':' . rawurlencode($this->secret);
                    $headers = ['Authorization: Basic ' . base64_encode($pair)];
            """#
        return #"""
            <?php
            // Sends requests with an OAuth 2.0 token, which is kept in a file until shortly before it expires, so that all
            // requests to a site share it.
            //
            // The environment holds OAUTH_CLIENT_ID and OAUTH_CLIENT_SECRET, and OAUTH_TOKEN_CACHE if the file is to have
            // another path.
            //
            //   php token.php            prints a token
            //   php token.php URL ...    gets each URL with the token
            //
            // In a program: require 'token.php'; (new Client($id, $secret))->request('GET', $url).
            declare(strict_types=1);

            const TOKEN_URL = \#(values.tokenURL.singleQuotedForPHP);
            const SCOPE = \#(values.scope.singleQuotedForPHP); // empty: all that the client has
            const LONGEST_WAIT = 60; // seconds

            final class Client
            {
                private string $cache;

                public function __construct(private string $id, #[\SensitiveParameter] private string $secret)
                {
                    $name = 'oauth-token-' . hash('sha256', json_encode([TOKEN_URL, SCOPE, $id, self::user()]));
                    $directory = getenv('XDG_RUNTIME_DIR') ?: sys_get_temp_dir();
                    $this->cache = getenv('OAUTH_TOKEN_CACHE') ?: "$directory/$name";
                }

                /** The number of the user, with PHP's extension posix or without. */
                private static function user(): int
                {
                    return function_exists('posix_geteuid') ? posix_geteuid() : getmyuid();
                }

                /** Returns the token, or a new one if it is about to expire or is the one that was refused. */
                public function token(?string $refused = null): string
                {
                    $mask = umask(0077);
                    $file = is_link($this->cache) ? false : @fopen($this->cache, 'c+');
                    umask($mask);
                    // One process at a time: the others then find the token there.
                    if (!$file || !flock($file, LOCK_EX)) {
                        throw new RuntimeException("$this->cache cannot be used; set OAUTH_TOKEN_CACHE");
                    }
                    $status = fstat($file);
                    if ($status['uid'] !== self::user() || ($status['mode'] & 0077) !== 0) {
                        throw new RuntimeException("$this->cache is another user's; set OAUTH_TOKEN_CACHE");
                    }
                    $kept = json_decode(stream_get_contents($file), true);
                    if (is_array($kept) && $kept['token'] !== $refused && microtime(true) < $kept['renew_at']) {
                        return $kept['token'];
                    }
                    $fresh = $this->fetch();
                    ftruncate($file, 0);
                    rewind($file);
                    fwrite($file, json_encode($fresh));
                    fclose($file);
                    return $fresh['token'];
                }

                /**
                 * Sends a request with the token. After a 401 it is sent once more, with a new token.
                 *
                 * @return array{int, string} the status and the body
                 */
                public function request(string $method, string $url, array $headers = [], string $body = ''): array
                {
                    $token = $this->token();
                    $answer = self::send($method, $url, [...$headers, "Authorization: Bearer $token"], $body);
                    if ($answer[0] !== 401) {
                        return $answer;
                    }
                    $token = $this->token(refused: $token);
                    return self::send($method, $url, [...$headers, "Authorization: Bearer $token"], $body);
                }

                private function fetch(): array
                {
                    $form = ['grant_type' => 'client_credentials'] + (SCOPE === '' ? [] : ['scope' => SCOPE]);
            \#(credentials)
                    $headers[] = 'Content-Type: application/x-www-form-urlencoded';
                    [$status, $body] = self::send('POST', TOKEN_URL, $headers, http_build_query($form));
                    if ($status !== 200) {
                        throw new RuntimeException(TOKEN_URL . ": $status " . substr($body, 0, 1000));
                    }
                    $answer = json_decode($body, true);
                    if (!is_string($answer['access_token'] ?? null)) {
                        throw new RuntimeException(TOKEN_URL . ': the answer holds no token');
                    }
                    $lifetime = $answer['expires_in'] ?? 0;
                    $renewAt = microtime(true) + $lifetime - min(30, $lifetime / 10);
                    return ['token' => $answer['access_token'], 'renew_at' => $renewAt];
                }

                /** Sends a request. After a 429 or 503 it waits as Retry-After says, and tries again. Follows no redirects. */
                private static function send(string $method, string $url, array $headers, string $body): array
                {
                    $http = [
                        'method' => $method, 'header' => $headers, 'content' => $body, 'timeout' => 30,
                        'ignore_errors' => true, 'follow_location' => 0,
                    ];
                    for ($attempt = 1; ; $attempt++) {
                        $answer = @file_get_contents($url, false, stream_context_create(['http' => $http]));
                        if ($answer === false) {
                            throw new RuntimeException("$url: " . (error_get_last()['message'] ?? 'no answer'));
                        }
                        $status = (int) explode(' ', $http_response_header[0])[1];
                        $wait = self::retryAfter($http_response_header);
                        if (!in_array($status, [429, 503]) || $wait === null || $wait > LONGEST_WAIT || $attempt === 4) {
                            return [$status, $answer];
                        }
                        sleep($wait);
                    }
                }

                /** The seconds of a Retry-After header: a number or a date. Null if there is none. */
                private static function retryAfter(array $headers): ?int
                {
                    $values = preg_filter('/^retry-after:\s*(.*?)\s*$/i', '$1', $headers);
                    $value = (string) end($values);
                    if (ctype_digit($value)) {
                        return (int) $value;
                    }
                    $date = strtotime($value);
                    return $date === false ? null : max(0, $date - time());
                }
            }

            if (PHP_SAPI === 'cli' && realpath($argv[0]) === __FILE__) {
                try {
                    [$id, $secret] = [getenv('OAUTH_CLIENT_ID'), getenv('OAUTH_CLIENT_SECRET')];
                    if (!$id || !$secret) {
                        throw new RuntimeException('OAUTH_CLIENT_ID or OAUTH_CLIENT_SECRET is not set');
                    }
                    $client = new Client($id, $secret);
                    if ($argc === 1) {
                        echo $client->token(), "\n";
                    }
                    foreach (array_slice($argv, 1) as $url) {
                        [$status, $body] = $client->request('GET', $url);
                        if ($status >= 300) {
                            throw new RuntimeException("$url: $status");
                        }
                        echo $body;
                    }
                } catch (RuntimeException $error) {
                    fwrite(STDERR, $error->getMessage() . "\n");
                    exit(1);
                }
            }
            """#
    }
}
