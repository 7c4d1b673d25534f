// libfcgi, and the two calls of Linux beside it that a worker waits with and Glibc's module map leaves out.
#include <fcgiapp.h>
#include <fcgios.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
