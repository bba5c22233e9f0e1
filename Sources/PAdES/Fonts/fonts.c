#include "liberation_serif.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char regular[] = {
#embed "LiberationSerif-Regular.ttf"
};

static const unsigned char italic[] = {
#embed "LiberationSerif-Italic.ttf"
};

const unsigned char *liberation_serif_regular(size_t *size) {
    *size = sizeof regular;
    return regular;
}

const unsigned char *liberation_serif_italic(size_t *size) {
    *size = sizeof italic;
    return italic;
}
