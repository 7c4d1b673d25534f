// libFuzzer's one entry that leaves main to the program; the compiler's runtime has no header for it.
#include <stddef.h>
#include <stdint.h>

/// Fuzzes as the arguments say, and does not return (https://llvm.org/docs/LibFuzzer.html).
int LLVMFuzzerRunDriver(int *count, char ***arguments, int (*test)(const uint8_t *data, size_t count));
