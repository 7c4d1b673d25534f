/* A libfcgi program that parks the connections that its peers keep, as grantd does, and answers a constant: the most that
   a worker of this kind can do. */
#include <fcgiapp.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static const char answer[] =
    "Content-Type: application/json\r\n"
    "Cache-Control: no-store\r\n"
    "Pragma: no-cache\r\n"
    "\r\n"
    "{\"access_token\":\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef01234567\","
    "\"token_type\":\"bearer\",\"expires_in\":3600}";

extern int accept4(int, struct sockaddr *, socklen_t *, int);

static void serve(int queue, FCGX_Request *request)
{
    char body[16384];
    int descriptor = request->ipcFd;

    request->keepConnection = 1;
    if (FCGX_Accept_r(request) == 0) {
        while (FCGX_GetStr(body, sizeof body, request->in) > 0)
            continue;
        FCGX_PutStr(answer, sizeof answer - 1, request->out);
        FCGX_Finish_r(request);
    }
    if (request->ipcFd >= 0)
        return;
    epoll_ctl(queue, EPOLL_CTL_DEL, descriptor, NULL);
    free(request);
}

static void park(int queue)
{
    struct epoll_event event = {.events = EPOLLIN};
    FCGX_Request *request;
    int descriptor = accept4(0, NULL, NULL, SOCK_CLOEXEC);

    if (descriptor < 0)
        return;
    request = calloc(1, sizeof *request);
    FCGX_InitRequest(request, -1, 0);
    request->ipcFd = descriptor;
    event.data.ptr = request;
    epoll_ctl(queue, EPOLL_CTL_ADD, descriptor, &event);
}

int main(void)
{
    struct epoll_event events[64], event = {.events = EPOLLIN | EPOLLEXCLUSIVE};
    int queue = epoll_create1(EPOLL_CLOEXEC);

    FCGX_Init();
    signal(SIGTERM, SIG_DFL);
    fcntl(0, F_SETFL, fcntl(0, F_GETFL) | O_NONBLOCK);
    epoll_ctl(queue, EPOLL_CTL_ADD, 0, &event);
    for (;;) {
        int count = epoll_wait(queue, events, 64, -1);
        for (int index = 0; index < count; index++) {
            if (events[index].data.ptr)
                serve(queue, events[index].data.ptr);
            else
                park(queue);
        }
    }
}
