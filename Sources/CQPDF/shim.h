#include <qpdf/qpdf-c.h>
// qpdf's own decompressor, used directly where the size of what comes out must be bounded: qpdf 11.3 has no limit.
#include <zlib.h>

static inline int vanthu_inflate_init(z_stream *stream) { return inflateInit(stream); }
static inline int vanthu_deflate_init(z_stream *stream) { return deflateInit(stream, Z_DEFAULT_COMPRESSION); }
