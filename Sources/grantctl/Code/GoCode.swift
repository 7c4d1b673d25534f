/// A client in Go 1.19 or later.
enum GoCode {
    static func text(_ values: CodeValues) -> String {
        let (fields, header) =
            values.isInForm
            ? (
                #"""
                	form.Set("client_id", c.ID)
                	form.Set("client_secret", c.Secret)
                """#, ""
            )
            : (
                "",
                #"""
                	request.SetBasicAuth(url.QueryEscape(c.ID), url.QueryEscape(c.Secret))
                """#
            )
        let lines = #"""
            // Sends requests with an OAuth 2.0 token, which is kept until shortly before it expires.
            //
            // The environment holds OAUTH_CLIENT_ID and OAUTH_CLIENT_SECRET.
            //
            //	go run token.go            prints a token
            //	go run token.go URL ...    gets each URL with the token
            //
            // In a program: client := &Client{ID: id, Secret: secret}; client.Do(request).
            package main

            import (
            	"encoding/json"
            	"fmt"
            	"io"
            	"net/http"
            	"net/url"
            	"os"
            	"strconv"
            	"strings"
            	"sync"
            	"time"
            )

            const (
            	tokenURL    = \#(values.tokenURL.doubleQuoted)
            	scope       = \#(values.scope.doubleQuoted) // empty: all that the client has
            	longestWait = time.Minute
            )

            // Client holds one token. Goroutines may share it.
            type Client struct {
            	ID, Secret string

            	mutex   sync.Mutex
            	token   string
            	renewAt time.Time
            }

            // A redirect would take the secret to another place.
            var tokenHTTP = http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error {
            	return http.ErrUseLastResponse
            }}
            var resourceHTTP = http.Client{Timeout: 30 * time.Second}

            // Token returns the token, or a new one if it is about to expire or is the one that was refused.
            func (c *Client) Token(refused string) (string, error) {
            	c.mutex.Lock()
            	defer c.mutex.Unlock()
            	if c.token != "" && c.token != refused && time.Now().Before(c.renewAt) {
            		return c.token, nil
            	}
            	form := url.Values{"grant_type": {"client_credentials"}}
            	if scope != "" {
            		form.Set("scope", scope)
            	}
            FIELDS
            	request, err := http.NewRequest("POST", tokenURL, strings.NewReader(form.Encode()))
            	if err != nil {
            		return "", err
            	}
            	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
            HEADER
            	response, err := send(&tokenHTTP, request)
            	if err != nil {
            		return "", err
            	}
            	defer response.Body.Close()
            	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
            	if err != nil {
            		return "", err
            	}
            	if response.StatusCode != http.StatusOK {
            		return "", fmt.Errorf("%s: %s %.1000s", tokenURL, response.Status, body)
            	}
            	var answer struct {
            		Token    string  `json:"access_token"`
            		Lifetime float64 `json:"expires_in"`
            	}
            	if json.Unmarshal(body, &answer) != nil || answer.Token == "" {
            		return "", fmt.Errorf("%s: the answer holds no token", tokenURL)
            	}
            	lifetime := time.Duration(answer.Lifetime * float64(time.Second))
            	margin := lifetime / 10
            	if margin > 30*time.Second {
            		margin = 30 * time.Second
            	}
            	c.token, c.renewAt = answer.Token, time.Now().Add(lifetime-margin)
            	return c.token, nil
            }

            // Do sends a request with the token. After a 401 it is sent once more, with a new token.
            func (c *Client) Do(request *http.Request) (*http.Response, error) {
            	token, err := c.Token("")
            	if err != nil {
            		return nil, err
            	}
            	request.Header.Set("Authorization", "Bearer "+token)
            	response, err := send(&resourceHTTP, request)
            	if err != nil || response.StatusCode != http.StatusUnauthorized {
            		return response, err
            	}
            	response.Body.Close()
            	if token, err = c.Token(token); err != nil {
            		return nil, err
            	}
            	request.Header.Set("Authorization", "Bearer "+token)
            	return send(&resourceHTTP, request)
            }

            // send sends a request. After a 429 or 503 it waits as Retry-After says, and tries again.
            func send(client *http.Client, request *http.Request) (*http.Response, error) {
            	for attempt := 1; ; attempt++ {
            		if request.GetBody != nil {
            			request.Body, _ = request.GetBody()
            		}
            		response, err := client.Do(request)
            		if err != nil || attempt == 4 || (response.StatusCode != 429 && response.StatusCode != 503) {
            			return response, err
            		}
            		wait, ok := retryAfter(response.Header.Get("Retry-After"))
            		if !ok || wait > longestWait {
            			return response, nil
            		}
            		response.Body.Close()
            		time.Sleep(wait)
            	}
            }

            // retryAfter reads a Retry-After header: a number of seconds or a date.
            func retryAfter(value string) (time.Duration, bool) {
            	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
            		return time.Duration(seconds) * time.Second, true
            	}
            	date, err := http.ParseTime(value)
            	return time.Until(date), err == nil
            }

            func main() {
            	client := &Client{ID: os.Getenv("OAUTH_CLIENT_ID"), Secret: os.Getenv("OAUTH_CLIENT_SECRET")}
            	if client.ID == "" || client.Secret == "" {
            		fail(fmt.Errorf("OAUTH_CLIENT_ID or OAUTH_CLIENT_SECRET is not set"))
            	}
            	if len(os.Args) == 1 {
            		token, err := client.Token("")
            		if err != nil {
            			fail(err)
            		}
            		fmt.Println(token)
            	}
            	for _, url := range os.Args[1:] {
            		request, err := http.NewRequest("GET", url, nil)
            		if err != nil {
            			fail(err)
            		}
            		response, err := client.Do(request)
            		if err != nil {
            			fail(err)
            		}
            		if response.StatusCode >= 400 {
            			fail(fmt.Errorf("%s: %s", url, response.Status))
            		}
            		io.Copy(os.Stdout, response.Body)
            		response.Body.Close()
            	}
            }

            func fail(err error) {
            	fmt.Fprintln(os.Stderr, err)
            	os.Exit(1)
            }
            """#
        return lines.replacing("FIELDS\n", with: fields.isEmpty ? "" : fields + "\n")
            .replacing("HEADER\n", with: header.isEmpty ? "" : header + "\n")
    }
}
