// Debian's libxmlsec1 is built with these (pkg-config --cflags xmlsec1); the sizes of its structures follow from them.
#define XMLSEC_NO_SIZE_T 1
#define XMLSEC_NO_GOST 1
#define XMLSEC_NO_GOST2012 1
#define XMLSEC_NO_CRYPTO_DYNAMIC_LOADING 1

#include "canonical_form.h"

#include <stdlib.h>
#include <string.h>
#include <xmlsec/buffer.h>
#include <xmlsec/errors.h>
#include <xmlsec/io.h>
#include <xmlsec/nodeset.h>
#include <xmlsec/transforms.h>
#include <xmlsec/xmlsec.h>

int vanthu_xmlsec_start(void) {
    if (xmlSecInit() < 0 || xmlSecCheckVersion() != 1) return -1;
    // Without these no address can be read at all.
    xmlSecIOCleanupCallbacks();
    xmlSecErrorsSetCallback(NULL);
    return 0;
}

static xmlSecNodeSetPtr node_set(
    xmlDocPtr document, xmlNodePtr apex, int comments, void *const *without, size_t count) {
    xmlSecNodeSetPtr nodes = xmlSecNodeSetGetChildren(document, apex, comments, 0);
    for (size_t i = 0; nodes && i < count; i++) {
        xmlSecNodeSetPtr rest = xmlSecNodeSetGetChildren(document, without[i], 1, 1);
        xmlSecNodeSetPtr both = rest ? xmlSecNodeSetAdd(nodes, rest, xmlSecNodeSetIntersection) : NULL;
        if (!both) {
            if (rest) xmlSecNodeSetDestroy(rest);
            xmlSecNodeSetDestroy(nodes);
        }
        nodes = both;
    }
    return nodes;
}

static int append_method(xmlSecTransformCtxPtr context, xmlNodePtr method) {
    const xmlSecTransformUsage usage = xmlSecTransformUsageDSigTransform | xmlSecTransformUsageC14NMethod;
    if (method) return xmlSecTransformCtxNodeRead(context, method, usage) ? 0 : -1;
    return xmlSecTransformCtxCreateAndAppend(context, xmlSecTransformInclC14NId) ? 0 : -1;
}

int vanthu_xmlsec_canonical(
    void *document, void *apex, int comments, void *const *without, size_t count, void *method,
    unsigned char **octets, size_t *size) {
    int status = -1;
    xmlSecNodeSetPtr nodes = node_set(document, apex, comments, without, count);
    xmlSecTransformCtxPtr context = xmlSecTransformCtxCreate();
    if (nodes && context && append_method(context, method) == 0
        && xmlSecTransformCtxXmlExecute(context, nodes) >= 0 && context->result) {
        *size = xmlSecBufferGetSize(context->result);
        *octets = malloc(*size ? *size : 1);
        if (*octets) {
            if (*size) memcpy(*octets, xmlSecBufferGetData(context->result), *size);
            status = 0;
        }
    }
    if (context) xmlSecTransformCtxDestroy(context);
    if (nodes) xmlSecNodeSetDestroy(nodes);
    return status;
}
