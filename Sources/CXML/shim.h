// libxml2's own headers bring in ICU's, which are not those that Foundation was built with; nothing here uses them.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>

// xmlFree is a variable that anybody may change.
static inline void vanthu_xml_free(void *memory) { xmlFree(memory); }
