// libhiredis: its reader of the Redis protocol (RESP2).
#include <hiredis/hiredis.h>

/// The most elements that an array of a reply may have.
#define HIREDIS_MOST_ELEMENTS 65536

/// A number of elements, whose type changed with version 1.
#if HIREDIS_MAJOR < 1
typedef int hiredis_count;
#else
typedef size_t hiredis_count;
#endif

/// Makes an array of a reply by the library's own function, which would allocate whatever a reply announces.
static inline void *_Nullable hiredis_bounded_array(const redisReadTask *_Nonnull task, hiredis_count elements) {
    const redisReplyObjectFunctions *unbounded = task->privdata;
    return elements > HIREDIS_MOST_ELEMENTS ? NULL : unbounded->createArray(task, elements);
}

/// A reader that takes no array of more than `HIREDIS_MOST_ELEMENTS` elements (`redisReaderCreate`). NULL without memory.
///
/// - Parameter functions: room for its functions, for as long as it lives.
static inline redisReader *_Nullable hiredis_bounded_reader(redisReplyObjectFunctions *_Nonnull functions) {
    redisReader *reader = redisReaderCreate();
    if (reader == NULL) return NULL;
    reader->privdata = reader->fn;
    *functions = *reader->fn;
    functions->createArray = hiredis_bounded_array;
    reader->fn = functions;
    return reader;
}
