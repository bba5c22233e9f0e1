// xmlsec1's node sets and canonical forms, behind one function: its own headers need flags that a Swift package can't pass on.
#pragma once

#include <stddef.h>

/// Sets xmlsec1 up: it prints nothing and fetches nothing. Returns 0, or -1 when it can't be set up. To be called once.
int vanthu_xmlsec_start(void);

/// Makes octets of a part of a document. Pointers are to libxml2's xmlDoc and xmlNode.
///
/// The part is `apex` with everything in it (NULL: the whole document), without comments unless `comments` is 1, and without the
/// `count` subtrees in `without`. `method` is the element that names the way (ds:Transform or ds:CanonicalizationMethod);
/// NULL is inclusive canonicalisation without comments.
/// Returns 0, and the octets to be freed by free(3); -1 when the method is unknown or its parameters are wrong.
int vanthu_xmlsec_canonical(
    void *document, void *apex, int comments, void *const *without, size_t count, void *method,
    unsigned char **octets, size_t *size);
