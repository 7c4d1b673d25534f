// libcrypt: crypt(3) and crypt_gensalt(3), for the secrets that a person chose.
#include <crypt.h>
