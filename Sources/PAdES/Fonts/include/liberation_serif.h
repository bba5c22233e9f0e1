#ifndef LIBERATION_SERIF_H
#define LIBERATION_SERIF_H
#include <stddef.h>

// Liberation Serif 2.1.5 (SIL Open Font License 1.1, see OFL.txt), compiled in so that the executable needs no file beside it.
const unsigned char *liberation_serif_regular(size_t *size);
const unsigned char *liberation_serif_italic(size_t *size);

#endif
