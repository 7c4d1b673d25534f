/* The textbook libfcgi program, which reads a request and answers a constant: what grantd is measured against. As CGI
   it answers one request. */
#include <fcgiapp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char answer[] =
    "Content-Type: application/json\r\n"
    "Cache-Control: no-store\r\n"
    "Pragma: no-cache\r\n"
    "\r\n"
    "{\"access_token\":\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef01234567\","
    "\"token_type\":\"bearer\",\"expires_in\":3600}";

static int as_cgi(void)
{
    const char *length = getenv("CONTENT_LENGTH");
    char body[16384];
    if (fread(body, 1, length ? strtoul(length, NULL, 10) % sizeof body : 0, stdin) == 0)
        return 1;
    return fwrite(answer, 1, sizeof answer - 1, stdout) == 0;
}

int main(void)
{
    FCGX_Request request;
    char body[16384];

    if (FCGX_IsCGI())
        return as_cgi();
    FCGX_Init();
    FCGX_InitRequest(&request, 0, 0);
    while (FCGX_Accept_r(&request) == 0) {
        while (FCGX_GetStr(body, sizeof body, request.in) > 0)
            continue;
        FCGX_PutStr(answer, sizeof answer - 1, request.out);
        FCGX_Finish_r(&request);
    }
    return 0;
}
